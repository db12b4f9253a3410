-- The model that recommendations read: which file it is, what it was made of, up to which event.
-- The file lies in the data folder; where several machines read one database its bytes are here too.
create table models (
  generation {int} not null primary key,
  made_at {int} not null,
  cut_seq {int} not null,
  catalogue text,
  views {int} not null,
  sessions {int} not null,
  orders {int} not null,
  items {int} not null,
  seconds {real} not null,
  bytes {int} not null
) {bare};
create table model_parts (
  generation {int} not null,
  part {int} not null,
  bytes {bytes} not null,
  primary key (generation, part)
) {bare};

-- Profiles that a model may still hold though they are erased, joined with others or parted. There
-- is no such profile any more, or it is another one, so no reference.
create table forgotten (
  seq {serial},
  profile {int} not null
) {strict};
