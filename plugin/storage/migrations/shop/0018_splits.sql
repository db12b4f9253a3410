-- Since when which share of visitors is kept from a campaign, for proof: one row a change.
create table splits (
  kind text not null,
  slug text not null,
  since {int} not null,
  share {real} not null,
  primary key (kind, slug, since)
) {bare};

-- What came of campaigns that so many have met that counting them takes time; made by the clock.
create table outcomes (
  kind text not null,
  slug text not null,
  made_at {int} not null,
  body text not null,
  primary key (kind, slug)
) {bare};
