-- Under which id an event came, where its profile has another: that of a merged visitor.
alter table events add column came_as text;

-- Who each visitor is, by the first trusted word about it (by time, then id of the event).
create table known_as (
  visitor_id text not null primary key,
  profile {int} not null references profiles (id) on delete cascade,
  customer_id text not null,
  at {int} not null,
  event_id text not null
) {bare};
create index known_as_by_customer on known_as (customer_id);
create index known_as_by_profile on known_as (profile);
