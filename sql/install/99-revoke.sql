-- Nobody but the owner may call anything until grant_role() says so.

REVOKE ALL ON ALL ROUTINES IN SCHEMA meshline FROM PUBLIC;
REVOKE ALL ON TYPE meshline.finding, meshline.component, meshline.attachment FROM PUBLIC;
