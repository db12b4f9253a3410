-- Catalogue feeds: where each is, when it is read next, and how its last run went.
create table feeds (
  name text not null primary key,
  source text not null default '', -- an address, or empty: files brought by hand
  columns text not null default '{}', -- ours: theirs
  every_hours {int}, -- null: only when somebody asks
  due_at {int}, -- null: not by the clock
  state text not null default 'new', -- new, asked, running, good, refused, failed
  force {int} not null default 0, -- the next run is taken whatever it looks like
  tries {int} not null default 0, -- that failed, since the last good run
  etag text, modified text, digest text, -- of the last good run
  turns_at {int}, -- then a sale of it begins or ends, though the feed be the same
  items {int} not null default 0, -- products of the last good run
  currency text,
  run_at {int}, good_at {int}, beat_at {int}, -- last begun, last good, last sign of life
  done {int} not null default 0, whole {int} not null default 0, -- how far a run has come
  report text not null default '{}',
  error text,
  created_at {int} not null
) {bare};

-- Which products a feed named. owned: it brought them, so it may take them away again.
create table feed_items (
  feed text not null,
  item_id text not null,
  owned {int} not null,
  primary key (feed, item_id)
) {bare};
create index feed_items_by_item on feed_items (item_id);
