-- Sizes by day, moves, and movement between segments are read from these alone.
drop index transitions_by_segment;
drop index transitions_by_visitor;
create index transitions_by_day on transitions (segment, due_at, entered, cause, profile);
create index transitions_by_turn on transitions (segment, seq);
create index transitions_by_visitor on transitions (profile, due_at, entered, segment, cause);

-- 1: two visitors became one, or one two; what the next look finds of it has the cause merge.
alter table dirty add column merged {int} not null default 0;

update transitions set cause = 'expiry' where cause = 'time';
update outbox set body = replace(body, '"cause":"time"', '"cause":"expiry"') where state = 'waiting';
