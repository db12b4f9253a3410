-- What the owner's own browser saw on the shop's pages while looking whether the tag works there.
-- Kept for a day: no visitor's id is in it.
create table inspections (
  page_id text not null primary key,
  at {int} not null,
  path text not null,
  body text not null
) {bare};
create index inspections_by_time on inspections (at);
