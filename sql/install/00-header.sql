\echo Use "CREATE EXTENSION meshline" to load this file. \quit
-- Code only: the tables come with meshline.create_workspace(), and are the user's own.
