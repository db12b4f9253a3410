-- Windows of one brand look for its products when the first of a list are others'.
create index items_by_brand on items (brand) where brand is not null;
