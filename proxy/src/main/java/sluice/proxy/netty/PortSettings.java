package sluice.proxy.netty;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What a port needs to know.
 *
 * @param name what pins call it
 * @param listen port 0 takes a free one
 * @param maxConnections open sockets; one more is closed at once
 * @param handshakeTimeout for telling protocols apart, and again for the Noise handshake
 */
public record PortSettings(String name, InetSocketAddress listen, int maxConnections, Duration handshakeTimeout) {}
