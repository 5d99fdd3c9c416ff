-- GIFs can go along as well: pictures are written anew when they come, and moving ones stay moving.
ALTER TABLE mailing_files DROP CONSTRAINT mailing_files_media_type_check, DROP CONSTRAINT mailing_files_check;
ALTER TABLE mailing_files
    ADD CONSTRAINT mailing_files_media_type_check CHECK (media_type IN ('application/pdf','image/png','image/jpeg','image/gif',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet','application/vnd.oasis.opendocument.text')),
    ADD CONSTRAINT mailing_files_check CHECK (place = 'attached' OR media_type IN ('image/png','image/jpeg','image/gif'));
