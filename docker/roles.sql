-- The two roles and the database, for a server of your own, as its administrator:
--   psql -v owner_password=... -v desk_password=... -f docker/roles.sql
-- `desk_owner` owns every table and is used by migrations and restores alone. `desk` is what the programs work as: it owns
-- nothing, and `manage.py grant desk` says after each migration what it may do.
\if :{?database} \else \set database refidetect \endif
CREATE ROLE desk_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE desk LOGIN PASSWORD :'desk_password';
CREATE DATABASE :"database" OWNER desk_owner ENCODING 'UTF8' TEMPLATE template0 LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
-- TEMPORARY: an import and a match stage their rows in tables of their own session.
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO desk;
