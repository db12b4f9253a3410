"""The only home of SQL: engines, migrations, and one module a stage."""
