-- Administration is on record too, in a chain under the installation's own id.
ALTER TABLE record_heads DROP CONSTRAINT record_heads_chain_fkey;
