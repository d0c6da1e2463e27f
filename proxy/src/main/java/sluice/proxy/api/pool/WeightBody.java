package sluice.proxy.api.pool;

/** The weight that a goal is to have. */
record WeightBody(Integer weight) {}
