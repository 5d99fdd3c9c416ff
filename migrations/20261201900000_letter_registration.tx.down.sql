UPDATE campaign_steps SET reference = registration WHERE registration <> '';
ALTER TABLE campaign_steps DROP COLUMN registration;
