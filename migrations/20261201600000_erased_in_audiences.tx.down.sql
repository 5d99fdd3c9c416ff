SELECT 1;   -- nobody who was erased comes back
