package sluice.endtoend.firmware;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import sluice.endtoend.Patience;

/**
 * A machine that says exactly the bytes of its script and takes the lines that come in the order in which they come. What it
 * was told it hashes, and every failure shows the whole conversation.
 */
final class Firmware implements AutoCloseable {
    private static final String BARRIER = "\"nothing else\"";

    private final Dialect dialect;
    private final String user;
    private final Socket socket = new Socket();
    private final InputStream input;
    private final Hasher hasher;
    private final List<String> transcript = new ArrayList<>();
    private int nextShareId;

    Firmware(InetSocketAddress address, Dialect dialect, String user) throws IOException {
        this(address, dialect, user, new Hasher());
    }

    private Firmware(InetSocketAddress address, Dialect dialect, String user, Hasher hasher) throws IOException {
        this.dialect = dialect;
        this.user = user;
        this.hasher = hasher;
        nextShareId = dialect.firstShareId();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) Patience.LIMIT.toMillis());
        socket.connect(address);
        input = new BufferedInputStream(socket.getInputStream());
    }

    /** The same machine on another connection. */
    Firmware reconnects(InetSocketAddress address, Dialect words) throws IOException {
        return new Firmware(address, words, user, hasher.onAnotherConnection());
    }

    /** Says these lines, all in one segment. */
    Firmware says(String... lines) {
        return writes(String.join("\n", lines) + "\n");
    }

    /** Sends this as it is. */
    Firmware writes(String text) {
        for (String line : text.split("\n")) {
            transcript.add("> " + line);
        }
        return writes(text.getBytes(UTF_8));
    }

    Firmware writes(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException gone) {
            throw new UncheckedIOException(story(), gone);
        }
        return this;
    }

    /** The very next line. */
    Heard hears() {
        Heard heard = Heard.of(line());
        hasher.take(heard);
        return heard;
    }

    /** The very next line is this one. */
    Firmware hears(String line) {
        assertThat(hears().line()).as(this::story).isEqualTo(line);
        return this;
    }

    /** The very next line answers the request with this id, as JSON. */
    Heard hearsAnswer(Object id) {
        Heard heard = hears();
        assertThat(heard.isPush()).as(this::story).isFalse();
        assertThat(heard.json().path("id").toString()).as(this::story).isEqualTo(String.valueOf(id));
        return heard;
    }

    /** The very next line is a push of this method. */
    Heard hearsPush(String method) {
        Heard heard = hears();
        assertThat(heard.isPush(method)).as(this::story).isTrue();
        return heard;
    }

    /** Takes what has come meanwhile, as a miner does between two searches. */
    Firmware hearsWhatHasCome() {
        try {
            while (input.available() > 0) {
                hears();
            }
        } catch (IOException gone) {
            throw new UncheckedIOException(story(), gone);
        }
        return this;
    }

    /** Waits for its first job, if it has none yet. */
    Hasher.Work awaitsWork() {
        return hasher.work() == null ? hearsWork() : hasher.work();
    }

    /** A job is next, perhaps behind the difficulty and the mask that go with it. */
    Hasher.Work hearsWork() {
        Heard heard = hears();
        while (heard.isPush("mining.set_difficulty") || heard.isPush("mining.set_version_mask")) {
            heard = hears();
        }
        assertThat(heard.isPush("mining.notify")).as(this::story).isTrue();
        return hasher.work();
    }

    /** The next job on this previous block, whatever comes in front of it; in hex, as in {@code mining.notify}. */
    Hasher.Work hearsWorkOn(String prevHash) {
        Hasher.Work work = hearsWork();
        while (!work.prevHash().equals(prevHash)) {
            work = hearsWork();
        }
        return work;
    }

    /** All that was to be heard has been. */
    Firmware hearsNothingElse() {
        writes("{\"id\":" + BARRIER + ",\"method\":\"mining.ping\",\"params\":[]}\n");
        hearsAnswer(BARRIER);
        return this;
    }

    /** Logs in, as strictly as its family: each answer is the very next line. */
    Firmware logsIn() {
        List<String> lines = dialect.login(user);
        if (dialect.pipelines()) {
            says(lines.toArray(String[]::new));
            lines.forEach(line -> hearsAnswerBesidePushes(idOf(line)));
        } else {
            lines.forEach(line -> says(line).hearsAnswer(idOf(line)));
        }
        return this;
    }

    /** The next answer is that to this request; work may come before it as soon as authorize is answered. */
    Heard hearsAnswerBesidePushes(Object id) {
        Heard heard = hears();
        while (heard.isPush()) {
            heard = hears();
        }
        assertThat(heard.json().path("id").toString()).as(this::story).isEqualTo(id.toString());
        return heard;
    }

    private static Object idOf(String line) {
        return Heard.of(line).json().path("id");
    }

    /** Finds so many shares of the latest job, each of which is accepted. */
    Firmware mines(int shares) {
        for (int i = 0; i < shares; i++) {
            assertThat(submits(finds()).result().asBoolean(false))
                    .as(this::story)
                    .isTrue();
        }
        return this;
    }

    /** A share of the latest job. */
    Hasher.Share finds() {
        return finds(hasher.work());
    }

    Hasher.Share finds(Hasher.Work work) {
        return hasher.find(work, dialect.rolled());
    }

    /** A share of the latest job, with a time so many seconds later. */
    Hasher.Share findsLater(int seconds) {
        return hasher.find(hasher.work(), dialect.rolled(), seconds);
    }

    /** Sends a share and takes what comes until its answer, as every miner does that has logged in. */
    Heard submits(Hasher.Share share) {
        int id = nextShareId;
        nextShareId = dialect.idAfter(id);
        says(dialect.submit(user, share, id));
        return hearsAnswerBesidePushes(id);
    }

    /** Nothing more is said to it, and the connection ends. */
    void isHungUpOn() {
        try {
            assertThat(input.read()).as(this::story).isEqualTo(-1);
        } catch (SocketException reset) {
            // An end as well: what it sent last was not read any more.
            transcript.add("(reset)");
        } catch (IOException e) {
            throw new UncheckedIOException(story(), e);
        }
    }

    /** What its subscription is called, by which it may take it up again. */
    String session() {
        return hasher.session();
    }

    String extranonce1() {
        return hasher.extranonce1();
    }

    int extranonce2Size() {
        return hasher.extranonce2Size();
    }

    /** The latest job. */
    Hasher.Work work() {
        return hasher.work();
    }

    /** All that was said, {@code >} by the miner and {@code <} by the gateway, byte for byte but for the ends of lines. */
    List<String> transcript() {
        return List.copyOf(transcript);
    }

    private String story() {
        return dialect.agent() + ":\n" + String.join("\n", transcript);
    }

    private String line() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int next = input.read(); next != '\n'; next = input.read()) {
                assertThat(next).as(this::story).isNotEqualTo(-1).isNotEqualTo('\r');
                line.write(next);
            }
        } catch (IOException silent) {
            throw new UncheckedIOException("nothing more to hear by " + story(), silent);
        }
        transcript.add("< " + line.toString(UTF_8));
        return line.toString(UTF_8);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            transcript.add("(gone)");
        }
    }
}
