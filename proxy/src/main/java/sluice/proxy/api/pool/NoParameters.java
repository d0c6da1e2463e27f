package sluice.proxy.api.pool;

/** What a method of the module without parameters takes: whatever is sent, nothing of it is looked at. */
record NoParameters() {}
