package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An SV1 miner that hashes nothing unless it is told to and says, line by line, what a test wants it to say. */
final class RawSv1Miner implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final SecureRandom RANDOM = new SecureRandom();

    private final RawConnection connection;
    private final BufferedReader lines;
    private final List<JsonNode> pushes = new ArrayList<>();
    private int lastId;

    RawSv1Miner(InetSocketAddress address) throws IOException {
        this(new RawConnection(address));
    }

    RawSv1Miner(RawConnection connection) throws IOException {
        this.connection = connection;
        this.lines = new BufferedReader(new InputStreamReader(connection.input(), StandardCharsets.UTF_8));
    }

    /** Sends a request and waits for its answer, whatever is pushed in between. {@code params} is the JSON array. */
    JsonNode ask(String method, String params) throws IOException {
        return answer(request(method, params));
    }

    /** Sends a request and returns its id. */
    int request(String method, String params) throws IOException {
        int id = ++lastId;
        connection.write(bytes("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}\n"));
        return id;
    }

    /** Waits for the answer to the request with this id. */
    JsonNode answer(int id) throws IOException {
        while (true) {
            JsonNode line = hear();
            if (line.has("method")) {
                pushes.add(line);
            } else {
                assertThat(line.path("id").asInt()).isEqualTo(id);
                return line;
            }
        }
    }

    /** Subscribes and authorises, and waits for both answers; returns extranonce1. */
    String login(String user) throws IOException {
        JsonNode subscribed = ask("mining.subscribe", "[\"raw/1\"]");
        assertThat(ask("mining.authorize", "[\"" + user + "\",\"x\"]")
                        .path("result")
                        .asBoolean())
                .isTrue();
        return subscribed.path("result").path(1).asString();
    }

    /** Logs in and has one share accepted: work comes by this connection. */
    void work(String user) throws IOException {
        JsonNode subscribed = ask("mining.subscribe", "[\"raw/1\"]").path("result");
        ask("mining.authorize", "[\"" + user + "\",\"x\"]");
        double difficulty = push("mining.set_difficulty").path("params").path(0).asDouble();
        MinerWork work = WatchedSv1Miner.work(
                push("mining.notify").path("params"),
                subscribed.path(1).asString(),
                subscribed.path(2).asInt(),
                0,
                IndependentHash.target(difficulty));
        MinerWork.Found found = work.search(RANDOM.nextInt() & 0x7fff_ffffL);
        String share = "[\"%s\",\"%s\",\"%s\",\"%08x\",\"%08x\"]"
                .formatted(user, work.jobId(), HexFormat.of().formatHex(found.rolled()), work.ntime(), found.nonce());
        assertThat(ask("mining.submit", share).path("result").asBoolean()).isTrue();
    }

    /** The next push of this method that has not been asked for yet. */
    JsonNode push(String method) throws IOException {
        while (true) {
            for (JsonNode push : pushes) {
                if (push.path("method").asString().equals(method)) {
                    pushes.remove(push);
                    return push;
                }
            }
            pushes.add(hear());
        }
    }

    /** The pushes that nobody has asked for. */
    List<String> otherPushes() {
        return pushes.stream().map(push -> push.path("method").asString()).toList();
    }

    /** Sends a line as it is. */
    void say(String line) throws IOException {
        connection.write(bytes(line + "\n"));
    }

    RawConnection connection() {
        return connection;
    }

    /** Waits for the end of the connection; returns the lines that still came. */
    List<String> hearToTheEnd() throws IOException {
        return new String(connection.readToTheEnd(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    /** What still comes from one that is gone, also where it went without a word and in the middle of a line. */
    List<JsonNode> hearWhatIsLeft() {
        List<JsonNode> left = new ArrayList<>();
        try {
            for (String line = lines.readLine(); line != null && line.endsWith("}"); line = lines.readLine()) {
                left.add(JSON.readTree(line));
            }
        } catch (IOException reset) {
            assertThat(reset).as("the end").isNotNull();
        }
        return left;
    }

    private JsonNode hear() throws IOException {
        String line = lines.readLine();
        assertThat(line).as("a line").isNotNull();
        return JSON.readTree(line);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
