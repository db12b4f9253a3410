-- A rule asks over all visitors how many events of a name there were and on how many days: with
-- these two columns the index answers alone, a third to a fifth of the time.
drop index events_by_visitor;
create index events_by_visitor on events (profile, name, at, live, day);
