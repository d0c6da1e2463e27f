package sluice.proxy.api.pool;

import java.util.List;

/** @param miners address and port of each, in the order in which they came */
record ConnectedMinersAnswer(List<String> miners) {}
