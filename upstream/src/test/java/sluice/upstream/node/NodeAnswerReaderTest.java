package sluice.upstream.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.node.NodeAnswer.Cause;
import sluice.upstream.template.BlockVerdict;

class NodeAnswerReaderTest {
    private static final NodeCall TEMPLATE = new NodeCall.GetBlockTemplate(1, List.of("segwit"), Optional.empty());
    private static final NodeCall SUBMIT = new NodeCall.SubmitBlock(Bytes.EMPTY);
    private static final NodeCall PROPOSE = new NodeCall.ProposeBlock(Bytes.EMPTY);

    private static NodeAnswer read(NodeCall call, int status, String body) {
        return NodeAnswerReader.read(call, status, body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "no_auth, UNAUTHORIZED, HTTP 401",
        "wrong_password, UNAUTHORIZED, HTTP 401",
        "rpcwhitelist_403, FORBIDDEN, rpcwhitelist",
        "bad_path, UNUSABLE, nothing at this path (HTTP 404)",
        "http_get, UNUSABLE, 'HTTP 405: JSONRPC server handles only POST requests'",
        "work_queue_exceeded_503, BUSY, 'HTTP 503: Work queue depth exceeded'"
    })
    void anAnswerThatIsNoJsonIsAReadableFailure(String recorded, Cause cause, String words) {
        assertThat(RecordedAnswer.of("bitcoind/errors/" + recorded).to(TEMPLATE))
                .isInstanceOfSatisfying(NodeAnswer.Failed.class, failed -> {
                    assertThat(failed.cause()).isEqualTo(cause);
                    assertThat(failed.reason()).contains(words);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "gbt_mainnet_isolated, -9, Bitcoin Core is not connected!",
        "gbt_no_segwit_rule, -8, must be called with the segwit rule set",
        "gbt_signet_isolated, -8, must be called with the signet rule set",
        "gbt_longpollid_garbage, -8, ''",
        "error_warmup_-28, -28, Loading block index…",
        "unknown_method, -32601, Method not found",
        "json_parse_error, -32700, Parse error",
        "no_method, -32600, Missing method",
        "gbt_params_string, -3, Wrong type passed"
    })
    void errorsOfJsonRpc1TravelAsHttp500Or404Or400(String recorded, int code, String words) {
        RecordedAnswer answer = RecordedAnswer.of("bitcoind/errors/" + recorded);
        assertThat(answer.status()).isNotEqualTo(200);
        assertRefused(answer.to(TEMPLATE), code, words);
    }

    @ParameterizedTest
    @CsvSource({"jsonrpc2_gbt_no_segwit, -8, segwit rule set", "jsonrpc2_unknown_method, -32601, Method not found"})
    void errorsOfJsonRpc2TravelAsHttp200WithoutAResult(String recorded, int code, String words) {
        RecordedAnswer answer = RecordedAnswer.of("bitcoind/jsonrpc2/" + recorded);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).doesNotContain("\"result\"");
        assertRefused(answer.to(TEMPLATE), code, words);
    }

    @Test
    void theAnswerToANotificationIsNone() {
        assertThat(RecordedAnswer.of("bitcoind/jsonrpc2/jsonrpc2_notification").to(TEMPLATE))
                .isInstanceOfSatisfying(
                        NodeAnswer.Failed.class,
                        failed -> assertThat(failed.reason()).contains("HTTP 204"));
    }

    @Test
    void aBatchAndAnEmptyListAreNoAnswers() {
        assertFailed(RecordedAnswer.of("bitcoind/jsonrpc2/jsonrpc2_batch").to(TEMPLATE), Cause.UNUSABLE);
        assertFailed(RecordedAnswer.of("bitcoind/errors/json_array_empty").to(TEMPLATE), Cause.UNUSABLE);
    }

    @Test
    void bcoinSendsErrorsWithHttp200AndParseErrorsWithoutACode() {
        assertRefused(RecordedAnswer.ofBcoin("unknown").to(TEMPLATE), -32601, "Method not found: nosuch.");
        assertRefused(RecordedAnswer.ofBcoin("bad_json").to(TEMPLATE), 0, "Expected double-quoted property name");
    }

    @ParameterizedTest
    @CsvSource({
        "submit_accepted, ACCEPTED, ''",
        "submit_trailing, ACCEPTED, ''",
        "submit_duplicate, ACCEPTED, duplicate",
        "submit_inconclusive_again, ACCEPTED, duplicate",
        "submit_inconclusive_sidechain, LOST_RACE, inconclusive",
        "submit_duplicate-invalid, REJECTED, duplicate-invalid",
        "submit_high-hash, REJECTED, high-hash",
        "submit_bad-cb-amount, REJECTED, bad-cb-amount",
        "submit_bad-witness-merkle-match, REJECTED, bad-witness-merkle-match",
        "submit_unexpected-witness_or_missing_commitment, REJECTED, unexpected-witness",
        "submit_bad-txnmrklroot, REJECTED, bad-txnmrklroot",
        "submit_time-too-old, REJECTED, time-too-old",
        "submit_time-too-new, REJECTED, time-too-new",
        "submit_bad-cb-height, REJECTED, bad-cb-height",
        "submit_bad-cb-length, REJECTED, bad-cb-length",
        "submit_bad-diffbits, REJECTED, bad-diffbits",
        "submit_prev-blk-not-found, REJECTED, prev-blk-not-found",
        "submit_bad-version, REJECTED, bad-version(0x00000003)",
        "submit_dup_tx, REJECTED, bad-txns-duplicate",
        "submit_stale-prevblk, REJECTED, bad-txns-nonfinal"
    })
    void everyVerdictOnABlockIsAString(String recorded, BlockVerdict.Outcome outcome, String reason) {
        assertThat(RecordedAnswer.of("bitcoind/submitblock/" + recorded).to(SUBMIT))
                .isInstanceOfSatisfying(
                        NodeAnswer.Said.class,
                        said -> assertThat(BlockVerdict.ofReason(said.text().orElse("")))
                                .isEqualTo(new BlockVerdict(outcome, reason)));
    }

    @ParameterizedTest
    @CsvSource({
        "submit_ok, ACCEPTED, ''",
        "submit_dup, ACCEPTED, duplicate",
        "submit_high_hash, REJECTED, high-hash",
        "submit_bad_cb_amount, REJECTED, bad-cb-amount",
        "submit_bad_merkle, REJECTED, bad-txnmrklroot",
        "submit_prev_unknown, REJECTED, bad-prevblk"
    })
    void bcoinPutsRejectedInFrontOfItsVerdicts(String recorded, BlockVerdict.Outcome outcome, String reason) {
        assertThat(RecordedAnswer.ofBcoin(recorded).to(SUBMIT))
                .isInstanceOfSatisfying(
                        NodeAnswer.Said.class,
                        said -> assertThat(BlockVerdict.ofReason(said.text().orElse("")))
                                .isEqualTo(new BlockVerdict(outcome, reason)));
    }

    @ParameterizedTest
    @CsvSource({"submit_garbage", "submit_empty", "submit_nothex", "submit_truncated"})
    void aBlockThatCannotBeDecodedIsHttp500WithCode22(String recorded) {
        RecordedAnswer answer = RecordedAnswer.of("bitcoind/submitblock/" + recorded);
        assertThat(answer.status()).isEqualTo(500);
        assertRefused(answer.to(SUBMIT), -22, "Block decode failed");
    }

    @ParameterizedTest
    @CsvSource({
        "proposal_valid, ''",
        "proposal_high-hash, ''",
        "proposal_bad-cb-amount, bad-cb-amount",
        "proposal_stale-prevblk, inconclusive-not-best-prevblk"
    })
    void proposalsAreJudgedInTheSameWords(String recorded, String reason) {
        assertThat(RecordedAnswer.of("bitcoind/proposal/" + recorded).to(PROPOSE))
                .isEqualTo(new NodeAnswer.Said(Optional.of(reason).filter(text -> !text.isEmpty())));
    }

    @Test
    void aNodeThatAnswersAProposalWithATemplateJudgesNone() {
        assertFailed(RecordedAnswer.ofTemplate("gbt_0tx").to(PROPOSE), Cause.UNUSABLE);
    }

    @Test
    void theLongPollIdIsTheTipsHashAndACounter() {
        assertThat(RecordedAnswer.of("bitcoind/longpoll/longpoll_new_block").to(TEMPLATE))
                .isInstanceOfSatisfying(NodeAnswer.Templated.class, templated -> {
                    assertThat(templated.longPollId().orElseThrow())
                            .startsWith(templated.template().tip().prevHash().display());
                    assertThat(templated.takesProposals()).isTrue();
                });
    }

    @Test
    void anOverlongLongPollIdIsNotUsed() {
        String id = "1".repeat(NodeAnswerReader.MAX_LONG_POLL_ID_LENGTH);
        assertThat(longPollId(id)).contains(id);
        assertThat(longPollId(id + "1")).isEmpty();
    }

    private static Optional<String> longPollId(String id) {
        String body = RecordedAnswer.ofTemplate("gbt_0tx")
                .body()
                .replaceFirst("\"longpollid\":\"[0-9a-f]+\"", "\"longpollid\":\"" + id + "\"");
        return ((NodeAnswer.Templated) read(TEMPLATE, 200, body)).longPollId();
    }

    @Test
    void theChainSaysItsNameAndHowFarItIs() {
        assertThat(RecordedAnswer.of("bitcoind/getblockchaininfo_signet").to(new NodeCall.GetBlockchainInfo()))
                .isEqualTo(new NodeAnswer.ChainTold("signet", true, 0, 0));
        assertThat(RecordedAnswer.of("bitcoind/getblockheader_verbose").to(new NodeCall.GetBlockHeader(Hash256.ZERO)))
                .isEqualTo(new NodeAnswer.HeaderFound(1));
    }

    @Test
    void theNodesWordsAreKeptShortAndOnOneLine() {
        String message = "x\\n\\u001b[2J" + "y".repeat(500);
        NodeAnswer.Refused refused = (NodeAnswer.Refused)
                read(TEMPLATE, 500, "{\"result\":null,\"error\":{\"code\":-1,\"message\":\"" + message + "\"}}");
        assertThat(refused.message())
                .hasSize(NodeAnswerReader.MAX_MESSAGE_LENGTH + 1)
                .startsWith("x [2Jyyy")
                .endsWith("y…");
    }

    @Test
    void nothingThatComesBackIsMoreThanAnAnswer() {
        SplittableRandom random = new SplittableRandom(1);
        byte[] good = RecordedAnswer.ofTemplate("gbt_1tx").body().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 2_000; i++) {
            byte[] mutated = good.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            assertThat(NodeAnswerReader.read(TEMPLATE, 200, mutated)).isNotNull();
        }
    }

    private static void assertFailed(NodeAnswer answer, Cause cause) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        NodeAnswer.Failed.class,
                        failed -> assertThat(failed.cause()).isEqualTo(cause));
    }

    private static void assertRefused(NodeAnswer answer, int code, String words) {
        assertThat(answer).isInstanceOfSatisfying(NodeAnswer.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(code);
            assertThat(refused.message()).contains(words);
        });
    }
}
