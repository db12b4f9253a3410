-- Segments whose rule was edited and has not been asked about everybody yet. The work itself, not a
-- flag: who dies on the way leaves it to the next.
create table backfills (
  segment text not null primary key,
  settled {int} not null default 0, -- 1: the members are right, who must be woken when is not yet
  after_profile {int} not null default 0, -- whom the waking has reached
  upto {int} not null default 0,
  began_at {int} not null
) {bare};

-- For whom a rule failed: they stay where they were, and are asked about again.
create table resting (
  segment text not null,
  profile {int} not null references profiles (id) on delete cascade,
  primary key (segment, profile)
) {bare};
