package sluice.proxy.cli.flood;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** Clients of one sort in a process of their own, which do as they are told line by line and answer in JSON. */
abstract sealed class Crowd permits HonestCrowd, HostileCrowd, ReaderCrowd {
    /** Who is in it. */
    enum Sort {
        HONEST,
        HOSTILE,
        READERS
    }

    /**
     * @param arguments its sort, the address and port of the gateway or of its API, and the shares a second of a hostile client
     *     that sends some
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        InetSocketAddress gateway = new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2]));
        Crowd crowd = switch (Sort.valueOf(arguments[0])) {
            case HONEST -> new HonestCrowd(gateway, InstantSource.system());
            case HOSTILE -> new HostileCrowd(gateway, Integer.parseInt(arguments[3]));
            case READERS -> new ReaderCrowd(gateway);
        };
        crowd.serve(
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                new PrintWriter(System.out, false, StandardCharsets.UTF_8));
        // Whoever started this process is gone, so nothing is left to do for any client.
        System.exit(0);
    }

    private void serve(BufferedReader orders, PrintWriter answers) throws IOException, InterruptedException {
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            answers.println(JsonMapper.shared().writeValueAsString(carryOut(List.of(order.split(" ")))));
            answers.flush();
        }
    }

    /** Does it and returns what is to be told of it, for JSON. */
    abstract Object carryOut(List<String> order) throws InterruptedException;
}
