package sluice.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.OptionalInt;
import java.util.Set;

/**
 * What a {@link ScriptedSv2Pool} does at each step of a conversation. {@link #GOOD} behaves; every method answers a copy in
 * which one step is another.
 *
 * @param firstWork what follows an open channel without being asked for
 * @param shares {@link Reply#YES} judges each share on its merits
 * @param supported extensions that are agreed to; with none, RequestExtensions is not understood
 * @param required extensions without which no channel is opened
 */
public record PoolScript(
        Greeting greeting,
        Reply setup,
        Versions versions,
        Set<Integer> supported,
        Set<Integer> required,
        Reply open,
        Grant grant,
        FirstWork firstWork,
        Reply shares) {

    /** The easiest difficulty there is: a share every few hashes. */
    public static final double EASY = 1e-9;

    /** What an SV1 pool makes of a handshake. */
    static final byte[] SV1_REFUSAL =
            "{\"id\":null,\"result\":null,\"error\":[20,\"parse error\",null]}\n".getBytes(UTF_8);

    public static final PoolScript GOOD = new PoolScript(
            Greeting.HANDSHAKE,
            Reply.YES,
            Versions.ROLLED,
            Set.of(),
            Set.of(),
            Reply.YES,
            new Grant("a0b1c2", OptionalInt.empty(), EASY, 1, false),
            FirstWork.JOB_AND_TIP,
            Reply.YES);

    /** What a client meets that has just connected. */
    public enum Greeting {
        HANDSHAKE,
        SILENCE,
        HANG_UP,
        /** Bytes of the right number that are no handshake. */
        GARBAGE,
        /** A line of SV1. */
        OTHER_PROTOCOL,
        /** A handshake under another authority. */
        FOREIGN_KEY
    }

    /** How a request is answered. */
    public sealed interface Reply {
        Reply YES = new Plain("yes");
        Reply NONE = new Plain("none");
        Reply HANG_UP = new Plain("hang up");

        record Plain(String name) implements Reply {}

        /** The .Error message of the request, with this code. */
        record Refusal(String code) implements Reply {}
    }

    /** Whether miners may roll the version. */
    public enum Versions {
        ROLLED,
        /** SetupConnection.Success says that they must not. */
        FIXED,
        /** As FIXED, and who insists on rolling is refused. */
        FIXED_AND_REFUSED
    }

    public enum FirstWork {
        JOB_AND_TIP,
        JOB_WITHOUT_TIP,
        TIP_OF_AN_UNKNOWN_JOB,
        NONE
    }

    /**
     * What a channel gets.
     *
     * @param prefix hex; a byte with the channel's number is put behind it
     * @param size bytes for the client; empty: as many as it asks for
     * @param toGroup jobs and tips are addressed to the group
     */
    public record Grant(String prefix, OptionalInt size, double difficulty, long group, boolean toGroup) {}

    PoolScript greeting(Greeting other) {
        return new PoolScript(other, setup, versions, supported, required, open, grant, firstWork, shares);
    }

    PoolScript setup(Reply other) {
        return new PoolScript(greeting, other, versions, supported, required, open, grant, firstWork, shares);
    }

    PoolScript refusingSetup(String code) {
        return setup(new Reply.Refusal(code));
    }

    public PoolScript versions(Versions other) {
        return new PoolScript(greeting, setup, other, supported, required, open, grant, firstWork, shares);
    }

    PoolScript supporting(Set<Integer> extensions) {
        return new PoolScript(greeting, setup, versions, extensions, required, open, grant, firstWork, shares);
    }

    /** Supports and insists on them. */
    PoolScript requiring(Set<Integer> extensions) {
        return new PoolScript(greeting, setup, versions, extensions, extensions, open, grant, firstWork, shares);
    }

    public PoolScript open(Reply other) {
        return new PoolScript(greeting, setup, versions, supported, required, other, grant, firstWork, shares);
    }

    PoolScript refusingChannels(String code) {
        return open(new Reply.Refusal(code));
    }

    PoolScript grant(Grant other) {
        return new PoolScript(greeting, setup, versions, supported, required, open, other, firstWork, shares);
    }

    public PoolScript granting(int extranonceSize) {
        return grant(
                new Grant(grant.prefix, OptionalInt.of(extranonceSize), grant.difficulty, grant.group, grant.toGroup));
    }

    public PoolScript withPrefix(String hex) {
        return grant(new Grant(hex, grant.size, grant.difficulty, grant.group, grant.toGroup));
    }

    public PoolScript atDifficulty(double difficulty) {
        return grant(new Grant(grant.prefix, grant.size, difficulty, grant.group, grant.toGroup));
    }

    /** Channels belong to this group, and jobs and tips are addressed to it. */
    PoolScript toGroup(long group) {
        return grant(new Grant(grant.prefix, grant.size, grant.difficulty, group, true));
    }

    public PoolScript firstWork(FirstWork other) {
        return new PoolScript(greeting, setup, versions, supported, required, open, grant, other, shares);
    }

    PoolScript shares(Reply other) {
        return new PoolScript(greeting, setup, versions, supported, required, open, grant, firstWork, other);
    }

    PoolScript refusingShares(String code) {
        return shares(new Reply.Refusal(code));
    }
}
