package sluice.proxy.miner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Target;

class HashSearchTest {
    private static final Target NO_HASH = Target.fromHex("0".repeat(64));
    private static final int ENOUGH = 1 << 20;

    @Test
    void findsTheNonceOfTheShareVectorOnAStandardJob() {
        HashSearch search = HashSearch.ofThread(0, 1);
        search.take(ShareVector.work(1, ShareVector.fixed()));

        Share share = search.search(ENOUGH).share().orElseThrow();

        assertThat(share.nonce()).isEqualTo(ShareVector.NONCE);
        assertThat(share.ntime()).isEqualTo(ShareVector.NTIME);
        assertThat(share.hash()).isEqualTo(ShareVector.HASH);
        assertThat(share.extranonce()).isEqualTo(Bytes.EMPTY);
        assertThat(share.isBlock()).isFalse();
    }

    @Test
    void findsTheNonceOfTheShareVectorThroughItsCoinbase() {
        HashSearch search = new HashSearch(0x4000, 0x1000);
        search.take(ShareVector.work(
                1, ShareVector.rolled(Bytes.concat(ShareVector.EXTRANONCE_PREFIX, ShareVector.EXTRANONCE), 0)));

        HashSearch.Slice slice = search.search(ENOUGH);

        assertThat(slice.hashes()).isEqualTo(0x108);
        assertThat(slice.share().orElseThrow().hash()).isEqualTo(ShareVector.HASH);
    }

    @Test
    void foldsTheMerklePath() {
        byte[] root = new byte[Hash256.LENGTH];
        new MerkleSource.Coinbase(
                        ShareVector.COINBASE_PREFIX,
                        ShareVector.EXTRANONCE_PREFIX,
                        ShareVector.EXTRANONCE.length(),
                        ShareVector.COINBASE_SUFFIX,
                        MerklePath.of(List.of(ShareVector.PATH_ENTRY)))
                .writeRoot(ShareVector.EXTRANONCE.toArray(), new Sha256d(), root, 0);
        assertThat(Hash256.of(root, 0)).isEqualTo(ShareVector.MERKLE_ROOT_WITH_PATH);
    }

    @Test
    void reportsTheShareOfTheBlockVectorAsABlock() {
        Hash256 prevHash = Hash256.fromHex("fbaf6a2823577a5a3a334e20caece4249aaece9093c315e0c367d6bd33be1862");
        HashSearch search = HashSearch.ofThread(0, 1);
        search.take(new Work(
                1, "1", ShareVector.VERSION, prevHash, 0x207fffffL, 0x680bb22bL, Target.MAX, ShareVector.fixed()));
        Share share = search.search(1).share().orElseThrow();
        assertThat(share.hash().display())
                .isEqualTo("6b356f9f445f4cdfab140f69ff66803f8f98a0d8bcd089dc7d2bdeeee74a5f83");
        assertThat(share.isBlock()).isTrue();
    }

    @Test
    void goesOnBehindAShare() {
        HashSearch search = new HashSearch(0, 1000);
        search.take(ShareVector.work(1, Target.MAX, ShareVector.fixed()));
        for (long nonce = 0; nonce < 3; nonce++) {
            HashSearch.Slice slice = search.search(100);
            assertThat(slice.hashes()).isEqualTo(1);
            assertThat(slice.share().orElseThrow().nonce()).isEqualTo(nonce);
        }
    }

    @Test
    void endsASliceAfterSoManyHashes() {
        HashSearch search = HashSearch.ofThread(0, 1);
        search.take(ShareVector.work(1, NO_HASH, ShareVector.fixed()));
        assertThat(search.search(100)).isEqualTo(new HashSearch.Slice(100, Optional.empty()));
        assertThat(search.search(7).hashes()).isEqualTo(7);
    }

    @Test
    void switchesToNewerWorkBetweenSlices() {
        HashSearch search = HashSearch.ofThread(0, 1);
        assertThat(search.generation()).isEqualTo(-1);
        assertThat(search.search(100).hashes()).isZero();
        search.take(ShareVector.work(4, NO_HASH, ShareVector.fixed()));
        search.search(50);
        Work newer = ShareVector.work(5, Target.MAX, ShareVector.rolled(Bytes.EMPTY, 4));
        search.take(newer);
        assertThat(search.generation()).isEqualTo(5);
        assertThat(search.search(100).share().orElseThrow().work()).isSameAs(newer);
    }

    @Test
    void rollsTheExtranonceWhenItsNoncesAreExhausted() {
        HashSearch search = new HashSearch(10, 3);
        search.take(ShareVector.work(1, Target.MAX, ShareVector.rolled(ShareVector.EXTRANONCE_PREFIX, 2)));

        List<Share> shares = shares(search, 7);

        assertThat(shares).extracting(Share::nonce).containsExactly(10L, 11L, 12L, 10L, 11L, 12L, 10L);
        assertThat(shares)
                .extracting(share -> share.extranonce().hex())
                .containsExactly("0000", "0000", "0000", "0001", "0001", "0001", "0002");
        assertThat(shares).extracting(Share::ntime).containsOnly(ShareVector.NTIME);
        assertThat(shares).allSatisfy(HashSearchTest::hasTheHashItClaims);
    }

    @Test
    void rollsNtimeWhereThereIsNoExtranonce() {
        HashSearch search = new HashSearch(0, 2);
        search.take(ShareVector.work(1, Target.MAX, ShareVector.fixed()));

        List<Share> shares = shares(search, 5);

        assertThat(shares)
                .extracting(share -> share.ntime() - ShareVector.NTIME)
                .containsExactly(0L, 0L, 1L, 1L, 2L);
        assertThat(shares).allSatisfy(HashSearchTest::hasTheHashItClaims);
    }

    @Test
    void rollsNtimeWhenTheExtranoncesAreExhausted() {
        HashSearch search = new HashSearch(0, 1);
        search.take(ShareVector.work(1, Target.MAX, ShareVector.rolled(Bytes.EMPTY, 1)));
        List<Share> shares = shares(search, 513);
        assertThat(shares.get(255).ntime()).isEqualTo(ShareVector.NTIME);
        assertThat(shares.get(256).ntime()).isEqualTo(ShareVector.NTIME + 1);
        assertThat(shares.get(512).ntime()).isEqualTo(ShareVector.NTIME + 2);
        assertThat(distinctHeaders(shares)).hasSize(513);
    }

    @Test
    void stopsWhenEverythingIsExhaustedUntilNewWorkComes() {
        HashSearch search = new HashSearch(0, 1);
        search.take(ShareVector.work(1, NO_HASH, ShareVector.fixed()));
        int hashes = 0;
        HashSearch.Slice slice;
        while ((slice = search.search(100)).hashes() > 0) {
            hashes += slice.hashes();
        }
        assertThat(hashes).isEqualTo(1 + HashSearch.MAX_NTIME_ROLL);
        search.take(ShareVector.work(2, NO_HASH, ShareVector.fixed()));
        assertThat(search.search(100).hashes()).isEqualTo(1);
    }

    @Test
    void threadsOfOneMinerNeverSearchTheSameNonces() {
        int threads = 3;
        long behind = 0;
        for (int thread = 0; thread < threads; thread++) {
            HashSearch search = HashSearch.ofThread(thread, threads);
            search.take(ShareVector.work(1, Target.MAX, ShareVector.fixed()));
            long first = search.search(1).share().orElseThrow().nonce();
            assertThat(first).isEqualTo(behind);
            behind = first + (1L << 32) / threads;
        }
        assertThat(behind).isLessThanOrEqualTo(1L << 32);
    }

    @Test
    void theSameJobUnderANewIdGivesOtherHeaders() {
        HashSearch standard = new HashSearch(0, 1000);
        standard.take(ShareVector.work(1, Target.MAX, ShareVector.fixed()));
        List<Share> shares = new ArrayList<>(shares(standard, 10));
        standard.take(ShareVector.work(2, Target.MAX, ShareVector.fixed()));
        shares.addAll(shares(standard, 10));
        assertThat(distinctHeaders(shares)).hasSize(20);

        HashSearch extended = new HashSearch(0, 4);
        extended.take(ShareVector.work(1, Target.MAX, ShareVector.rolled(Bytes.EMPTY, 4)));
        shares = new ArrayList<>(shares(extended, 10));
        extended.take(ShareVector.work(2, Target.MAX, ShareVector.rolled(Bytes.EMPTY, 4)));
        shares.addAll(shares(extended, 10));
        assertThat(distinctHeaders(shares)).hasSize(20);
    }

    @Test
    void refusesARangeWithoutNonces() {
        assertThatThrownBy(() -> new HashSearch(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HashSearch(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HashSearch(1, 1L << 32)).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Share> shares(HashSearch search, int count) {
        List<Share> shares = new ArrayList<>();
        while (shares.size() < count) {
            search.search(1).share().ifPresent(shares::add);
        }
        return shares;
    }

    private static Set<Hash256> distinctHeaders(List<Share> shares) {
        Set<Hash256> hashes = new HashSet<>();
        shares.forEach(share -> hashes.add(share.hash()));
        return hashes;
    }

    private static void hasTheHashItClaims(Share share) {
        byte[] root = new byte[Hash256.LENGTH];
        share.work().merkle().writeRoot(share.extranonce().toArray(), new Sha256d(), root, 0);
        BlockHeader header = new BlockHeader(
                share.work().version(),
                share.work().prevHash(),
                Hash256.of(root, 0),
                share.ntime(),
                share.work().nbits(),
                share.nonce());
        assertThat(header.hash()).isEqualTo(share.hash());
    }
}
