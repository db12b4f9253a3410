-- Addresses of the owner's that are told who enters and leaves which segment. Their secrets are not
-- kept: each is made of the installation's own, the hook's id and secret_turn.
create table hooks (
  id text not null primary key,
  name text not null,
  url text not null,
  segments text not null default '[]',
  email {int} not null default 0,
  edits {int} not null default 0,
  enabled {int} not null default 1,
  secret_turn {int} not null default 1,
  rotated_at {int},
  failing_since {int},
  off_because text,
  created_at {int} not null,
  updated_at {int} not null
) {bare};

-- What is still to be told (waiting), was told (sent), or could not be (dead). Written in the same
-- transaction as what it tells of. The visitor may be merged or gone by now, so no reference.
create table outbox (
  seq {serial},
  id text not null unique,
  hook text not null references hooks (id) on delete cascade,
  visitor_id text not null,
  body text not null,
  state text not null default 'waiting',
  tries {int} not null default 0,
  next_at {int} not null,
  created_at {int} not null,
  tried_at {int},
  ended_at {int},
  status {int},
  said text
) {strict};
create index outbox_by_turn on outbox (hook, seq, next_at) where state = 'waiting';
create index outbox_by_visitor on outbox (visitor_id, hook, seq);
create index outbox_by_end on outbox (ended_at) where ended_at is not null;
