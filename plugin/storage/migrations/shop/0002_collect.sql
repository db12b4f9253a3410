-- Ids that lead elsewhere: to the profile another visitor was merged into, or (profile is null)
-- nowhere, because the browser is the staff's own.
create table other_ids (
  visitor_id text not null primary key,
  profile {int} references profiles (id) on delete cascade,
  reason text not null,
  at {int} not null
) {bare};
create index other_ids_by_profile on other_ids (profile) where profile is not null;

-- What came of every call that said who a visitor is: merged, or kept apart and why.
create table merges (
  seq {serial},
  profile {int} not null references profiles (id) on delete cascade,
  visitor_id text not null,
  customer_id text not null,
  outcome text not null,
  events {int} not null default 0,
  at {int} not null
) {strict};
create index merges_by_profile on merges (profile);

-- An index costs a page written for every event whose place in it is another one, so each holds
-- what is asked of it and no more: a visitor's events of a day lie side by side, and of a product
-- only who looked at it is ever asked.
drop index events_by_day;
create index events_by_day on events (day, profile);
drop index events_by_name;
drop index item_events_by_item;
create index item_events_by_item on item_events (item_id, at, profile) where name = 'view_item';
