-- Where the catalogue's products have their pages: one row a product of a feed or the server API.
-- ``place`` is the path and what of the query tells pages apart; "path?" and "path?*" stand for a
-- path alone: of its only product, or of a group of variants.
create table locations (
  place text not null,
  host text not null,
  item_id text not null,
  path text not null,
  primary key (place, host, item_id)
) {bare};
create index locations_by_item on locations (item_id);
create index locations_by_path on locations (path, item_id);
