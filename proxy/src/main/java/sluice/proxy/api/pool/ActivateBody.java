package sluice.proxy.api.pool;

import java.util.Optional;

/** @param upstream to be put in front; without it, the goal returns to its order */
record ActivateBody(Optional<String> upstream) {}
