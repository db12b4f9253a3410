create table shops (
  name text not null primary key,
  public_key text not null unique,
  secret_hash text not null unique,
  currency text not null,
  timezone text not null,
  consent text not null,
  origins text not null default '[]',
  settings text not null default '{}',
  created_at {int} not null
) {bare};

create table owners (
  email text not null primary key,
  password_hash text not null,
  created_at {int} not null
) {bare};

create table facts (
  name text not null primary key,
  value text not null
) {bare};
insert into facts (name, value) values ('generation', '1');
