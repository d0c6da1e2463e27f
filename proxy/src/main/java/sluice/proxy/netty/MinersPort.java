package sluice.proxy.netty;

import java.net.InetSocketAddress;

/**
 * Where miners connect.
 *
 * @param name what pins call it
 * @param listen port 0 takes a free one
 */
public record MinersPort(String name, InetSocketAddress listen) {
    public static final String DEFAULT_NAME = "default";
}
