-- What the clock keeps of how visitors and products stand among all. run: the pass that changed it.
-- revenue: percentile of the money of 365 days, 0 to 100, or null: no order in them any more.
create table standings (
  profile {int} not null primary key references profiles (id) on delete cascade,
  revenue {int},
  run {int} not null
) {bare};

-- price: percentile of the catalogue's prices, 0 to 100. gap_days: until people buy it again.
create table product_standings (
  item_id text not null primary key,
  price {int},
  gap_days {int},
  run {int} not null
) {bare};

-- What is known of the shop as a whole, as JSON. shop: the figures, before: as visitors were last
-- looked at for them, run: the latest pass, looked: the latest of which all were told.
create table figures (
  name text not null primary key,
  value text not null
) {bare};
