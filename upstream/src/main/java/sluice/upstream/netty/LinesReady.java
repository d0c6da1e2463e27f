package sluice.upstream.netty;

/** Fired once as a user event when lines of SV1 can go both ways: the connection stands and, where asked for, TLS does. */
record LinesReady() {}
