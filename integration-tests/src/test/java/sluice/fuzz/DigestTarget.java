package sluice.fuzz;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.CallerProof.Shown;
import sluice.proxy.api.RequestHead;
import sluice.proxy.api.miningos.DigestProof;

/** What a stranger says to be taken for somebody who knows the password of the port for MiningOS. */
final class DigestTarget {
    private static final Instant NOW = Instant.parse("2026-11-28T05:00:00Z");
    private static final String PATH = "/v1/configuration";
    private static final String PASSWORD = "nobody guesses this";

    private DigestTarget() {}

    /** Lines are headers of requests behind one another. */
    static void run(byte[] input) {
        DigestProof proof = new DigestProof("admin", Optional.of(PASSWORD), new byte[DigestProof.KEY_BYTES]);
        for (String header : new String(input, StandardCharsets.ISO_8859_1).split("\n")) {
            switch (proof.of(head(header), NOW)) {
                case Shown.Known known -> Claim.that(false, "taken for %s", known.caller());
                case Shown.Unknown unknown -> isRefusedInWords(unknown);
            }
        }
    }

    private static void isRefusedInWords(Shown.Unknown unknown) {
        ApiProblem problem = unknown.problem();
        Claim.that(problem.status() == 400 || problem.status() == 401, "status %s", problem.status());
        Claim.that((problem.status() == 401) == unknown.headers().containsKey("WWW-Authenticate"), "no challenge");
        Claim.that(!problem.detail().contains(PASSWORD), "the password is told");
        Claim.isOneLineOfText(problem.detail());
        unknown.headers().values().forEach(Claim::isOneLineOfText);
    }

    private static RequestHead head(String authorization) {
        return new RequestHead(
                "GET",
                PATH,
                Optional.of("127.0.0.1"),
                Optional.of(authorization),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                "127.0.0.1");
    }
}
