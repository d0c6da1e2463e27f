package sluice.proxy.declaration;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;
import sluice.upstream.template.Template;

/** The tokens and declared jobs of one client, which end with its connection (SV2 6.4.3, 6.4.5). Confined to one loop. */
final class ClientTokens {
    /** Of one client that no job was declared with yet; of one more the oldest allows nothing. */
    static final int MAX_ALLOCATED = 64;
    /** Declared jobs of one client, of which a solution makes a block; the oldest gives way. */
    static final int MAX_JOBS = 8;
    /** Bytes of those jobs' transactions that nobody else had: two full blocks; the oldest gives way. */
    static final int MAX_JOB_BYTES = 1 << 23;
    /** Clients ask ahead of need, and without new transactions there may be no job for hours. */
    static final Duration ALLOCATED_FOR = Duration.ofHours(24);
    /** From the declaration to SetCustomMiningJob. */
    static final Duration DECLARED_FOR = Duration.ofMinutes(1);

    private final DeclaredJobs jobs;
    private final Supplier<Bytes> names;
    private final Map<Bytes, Issued> allocated = new LinkedHashMap<>();
    private final Deque<Held> held = new ArrayDeque<>();

    /** @param names of tokens; nobody can guess them, as a miner may come on any connection with one */
    ClientTokens(DeclaredJobs jobs, Supplier<Bytes> names) {
        this.jobs = jobs;
        this.names = names;
    }

    private record Issued(String userIdentity, Instant expiry) {}

    private record Held(Bytes token, DeclaredJob job, long ownBytes) {}

    /** A new token for whoever calls itself {@code userIdentity}. */
    Bytes allocate(String userIdentity, boolean fullTemplate, Instant now) {
        Bytes token = names.get();
        Instant expiry = now.plus(ALLOCATED_FOR);
        allocated.put(token, new Issued(userIdentity, expiry));
        jobs.grant(token, new DeclaredJobs.Allocated(fullTemplate, expiry));
        if (allocated.size() > MAX_ALLOCATED) {
            Bytes oldest = allocated.keySet().iterator().next();
            allocated.remove(oldest);
            jobs.revoke(oldest);
        }
        return token;
    }

    /** Uses an allocated token up; whom it is of, or empty where it is not to be had. */
    Optional<String> use(Bytes token, Instant now) {
        Issued issued = allocated.remove(token);
        jobs.revoke(token);
        return issued == null || !now.isBefore(issued.expiry()) ? Optional.empty() : Optional.of(issued.userIdentity());
    }

    /**
     * The token to mine {@code job} with.
     *
     * @param ownBytes of its transactions that nobody else had
     */
    Bytes declared(DeclaredJob job, long ownBytes, Instant now) {
        Bytes token = names.get();
        held.addFirst(new Held(token, job, ownBytes));
        jobs.grant(token, new DeclaredJobs.Declared(job, now.plus(DECLARED_FOR)));
        long bytes = 0;
        int count = 0;
        for (Iterator<Held> newestFirst = held.iterator(); newestFirst.hasNext(); ) {
            Held one = newestFirst.next();
            bytes += one.ownBytes();
            if (++count > MAX_JOBS || bytes > MAX_JOB_BYTES) {
                newestFirst.remove();
                jobs.revoke(one.token());
            }
        }
        return token;
    }

    /** The block that a solution makes of a declared job, the latest first (SV2 6.4.9). */
    Optional<DeclarationAction.SubmitBlock> solve(PushSolution solution, long number) {
        for (Held one : held) {
            Optional<DeclarationAction.SubmitBlock> block = one.job().solve(solution, number);
            if (block.isPresent()) {
                return block;
            }
        }
        return Optional.empty();
    }

    /** Forgets the jobs of former tips: nobody may mine them, and a late solution has another way to the network. */
    void keepOnly(Template tip) {
        for (Iterator<Held> all = held.iterator(); all.hasNext(); ) {
            Held one = all.next();
            if (!one.job().isFor(tip)) {
                all.remove();
                jobs.revoke(one.token());
            }
        }
    }

    /** The connection has ended. */
    void revokeAll() {
        allocated.keySet().forEach(jobs::revoke);
        held.forEach(one -> jobs.revoke(one.token()));
        allocated.clear();
        held.clear();
    }
}
