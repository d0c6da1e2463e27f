package sluice.config;

/**
 * Where miners connect: {@code 0.0.0.0:3333}, {@code [::]:3333}, {@code name:3333}.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param port 0 takes a free one
 */
public record ListenAddress(String host, int port) {
    public static final ListenAddress DEFAULT = new ListenAddress("0.0.0.0", 3333);

    public ListenAddress {
        HostPort.requireHost(host);
        HostPort.PORT.require(port);
    }

    /** Throws InvalidValueException that says which part is wrong. */
    public static ListenAddress parse(String text) {
        HostPort parsed = HostPort.parse(text, DEFAULT.toString());
        int port = parsed.port()
                .orElseThrow(() -> new InvalidValueException(
                        "has no port", "write it as " + HostPort.text(parsed.host(), DEFAULT.port())));
        return new ListenAddress(parsed.host(), port);
    }

    @Override
    public String toString() {
        return HostPort.text(host, port);
    }
}
