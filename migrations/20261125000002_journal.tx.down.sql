ALTER TABLE record_heads ADD CONSTRAINT record_heads_chain_fkey FOREIGN KEY (chain) REFERENCES recommendations NOT VALID;
