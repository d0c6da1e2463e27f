package sluice.proxy.declaration;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.declaration.DeclarationConversation.PAYOUT;
import static sluice.proxy.declaration.DeclarationConversation.START;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.MerklePath;

class ClientTokensTest {
    private final AtomicLong names = new AtomicLong();
    private final DeclaredJobs jobs = new DeclaredJobs(new PoolPayout(PAYOUT));
    private final ClientTokens tokens =
            new ClientTokens(jobs, () -> Bytes.fromHex(String.format("%016x", names.incrementAndGet())));

    @Test
    void keepsTheLatestJobsWhoseTransactionsAreNotTooMuch() throws DeclarationRefused {
        DeclaredJob job = job();

        tokens.declared(job, ClientTokens.MAX_JOB_BYTES / 2, START);
        tokens.declared(job, ClientTokens.MAX_JOB_BYTES / 2, START);
        assertThat(jobs.size()).isEqualTo(2);

        tokens.declared(job, 1, START);
        assertThat(jobs.size()).isEqualTo(2);
        // What others have, too, costs nothing.
        tokens.declared(job, 0, START);
        assertThat(jobs.size()).isEqualTo(3);
    }

    @Test
    void endsTheTokensOfAFormerTip() throws DeclarationRefused {
        DeclarationConversation talk = new DeclarationConversation();
        tokens.declared(job(), 0, START);
        tokens.keepOnly(talk.chain.current());
        assertThat(jobs.size()).isEqualTo(1);

        talk.findBlock();
        tokens.keepOnly(talk.chain.current());

        assertThat(jobs.size()).isZero();
    }

    private static DeclaredJob job() throws DeclarationRefused {
        ClientJob job = new ClientJob(new DeclarationConversation().chain.current(), PAYOUT, 20);
        return new DeclaredJob(
                job.template,
                job.template.version(),
                DeclaredCoinbase.of(job.coinbase.witnessPrefix(), job.coinbase.witnessSuffix()),
                MerklePath.EMPTY,
                job.transactions(),
                "miner");
    }
}
