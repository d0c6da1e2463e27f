package sluice.endtoend.firmware;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The words of a family, byte for byte, with {@code AGENT}, {@code USER} and what a share consists of left open.
 *
 * @param login what it says until it is a miner; lines without a usable id get no answer
 * @param pipelines whether it says all of that before it reads anything
 * @param submit how it writes a share
 * @param firstShareId the id of its first share
 * @param rolled what it writes for the version that it rolled
 */
record Dialect(String agent, List<String> login, boolean pipelines, String submit, int firstShareId, Rolled rolled) {

    /** What stands in the sixth param of a share. */
    enum Rolled {
        NOTHING,
        /** The bits that were put into the version (cgminer). */
        BITS,
        /** Where the version that was hashed differs from that of the job (ESP-Miner). */
        DIFFERENCE
    }

    private static final String SUBSCRIBE = "{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": [\"AGENT\"]}";
    private static final String AUTHORIZE =
            "{\"id\": 2, \"method\": \"mining.authorize\", \"params\": [\"USER\", \"x\"]}";

    /** cgminer 4.12 where it was built with USE_VMASK. */
    static final Dialect CGMINER_VMASK = new Dialect(
            "cgminer/4.12.0",
            List.of(
                    "{\"id\": 0, \"method\": \"mining.configure\", \"params\": [[\"version-rolling\"], "
                            + "{\"version-rolling.mask\": \"ffffffff\"}]}",
                    SUBSCRIBE,
                    AUTHORIZE),
            false,
            "{\"params\": [\"USER\", \"JOB\", \"EXTRANONCE2\", \"NTIME\", \"NONCE\", \"BITS\"], \"id\": ID, "
                    + "\"method\": \"mining.submit\"}",
            3,
            Rolled.BITS);

    /** cgminer without it, and what was made of it. */
    static final Dialect CGMINER = new Dialect(
            "cgminer/4.12.0",
            List.of(SUBSCRIBE, AUTHORIZE),
            false,
            "{\"params\": [\"USER\", \"JOB\", \"EXTRANONCE2\", \"NTIME\", \"NONCE\"], \"id\": ID, "
                    + "\"method\": \"mining.submit\"}",
            3,
            Rolled.NOTHING);

    /** pooler's minerd, all of whose shares have the id 4. */
    static final Dialect CPUMINER = new Dialect(
            "cpuminer/2.5.1",
            List.of(SUBSCRIBE, AUTHORIZE),
            false,
            "{\"method\": \"mining.submit\", \"params\": [\"USER\", \"JOB\", \"EXTRANONCE2\", \"NTIME\", \"NONCE\"], "
                    + "\"id\":4}",
            4,
            Rolled.NOTHING);

    /** ESP-Miner of March 2025, in a Bitaxe. */
    static final Dialect ESP_MINER = new Dialect(
            "bitaxe/BM1370/v2.6.0",
            List.of(
                    "{\"id\": 1, \"method\": \"mining.configure\", \"params\": [[\"version-rolling\"], "
                            + "{\"version-rolling.mask\": \"ffffffff\"}]}",
                    "{\"id\": 2, \"method\": \"mining.subscribe\", \"params\": [\"AGENT\"]}",
                    "{\"id\": 3, \"method\": \"mining.authorize\", \"params\": [\"USER\", \"x\"]}",
                    "{\"id\": 4, \"method\": \"mining.suggest_difficulty\", \"params\": [1000]}"),
            true,
            "{\"id\": ID, \"method\": \"mining.submit\", \"params\": "
                    + "[\"USER\", \"JOB\", \"EXTRANONCE2\", \"NTIME\", \"NONCE\", \"BITS\"]}",
            5,
            Rolled.DIFFERENCE);

    /** The same words under another name. */
    Dialect as(String other) {
        return new Dialect(other, login, pipelines, submit, firstShareId, rolled);
    }

    /** Has this password. */
    Dialect withPassword(String password) {
        return loggingIn(login.stream()
                .map(line -> line.replace("\"USER\", \"x\"", "\"USER\", \"" + password + "\""))
                .toArray(String[]::new));
    }

    /** Is set to suggest another difficulty than it does by itself. */
    Dialect suggesting(String difficulty) {
        return loggingIn(login.stream()
                .map(line -> line.replace("\"params\": [1000]", "\"params\": [" + difficulty + "]"))
                .toArray(String[]::new));
    }

    /** Says this before all else. */
    Dialect beginningWith(String... lines) {
        return loggingIn(Stream.concat(Arrays.stream(lines), login.stream()).toArray(String[]::new));
    }

    /** Says this, and nothing else, until it is a miner. */
    Dialect loggingIn(String... lines) {
        return new Dialect(agent, List.of(lines), pipelines, submit, firstShareId, rolled);
    }

    /** What a miner of this name says to log in. */
    List<String> login(String user) {
        return login.stream()
                .map(line -> line.replace("AGENT", agent).replace("USER", user))
                .toList();
    }

    /** A share as this family writes it. */
    String submit(String user, Hasher.Share share, int id) {
        return submit.replace("USER", user)
                .replace("JOB", share.jobId())
                .replace("EXTRANONCE2", share.extranonce2())
                .replace("NTIME", share.ntime())
                .replace("NONCE", share.nonce())
                .replace("BITS", share.bits(rolled))
                .replace("ID", Integer.toString(id));
    }

    /** The id of the share after that. */
    int idAfter(int id) {
        return submit.contains("ID") ? id + 1 : id;
    }
}
