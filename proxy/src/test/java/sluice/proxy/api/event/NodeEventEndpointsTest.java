package sluice.proxy.api.event;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.api.event.AskedApi.json;
import static sluice.proxy.api.event.AskedApi.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.NodeReport;

class NodeEventEndpointsTest {
    private static final String PATH = "/api/v1/events/node";
    private static final String HASH = Happenings.HASH.display();

    private final List<GatewayEvent.NodeReported> reported = new ArrayList<>();
    private final AskedApi api = new AskedApi(NodeEventEndpoints.of(reported::add));

    private ApiAnswer say(String type, String data) {
        return api.post(PATH, "{\"type\":\"" + type + "\",\"data\":{" + data.replace('\'', '"') + "}}");
    }

    private NodeReport onlyReport() {
        assertThat(reported).hasSize(1);
        assertThat(reported.getFirst().reporter()).isEqualTo("module");
        return reported.getFirst().report();
    }

    @Test
    void aNewTipIsNotedAndLookedFor() {
        ApiAnswer answer = say("ChainTipUpdated", "'prev_hash':'" + HASH + "'");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(json(answer).get("looking").asBoolean()).isTrue();
        assertThat(onlyReport()).isEqualTo(new NodeReport.ChainTipUpdated(Happenings.HASH, OptionalLong.empty()));
    }

    @Test
    void aBlockIsNotedWithWhoMinedItWhereThatIsKnown() {
        say("BlockMined", "'block_hash':'" + HASH + "','height':840000,'miner_id':'me'");
        assertThat(onlyReport()).isEqualTo(new NodeReport.BlockMined(Happenings.HASH, 840_000, Optional.of("me")));
    }

    @Test
    void aTemplateIsNoted() {
        say("BlockTemplateUpdated", "'prev_hash':'" + HASH + "','height':840001,'tx_count':7");
        assertThat(onlyReport()).isEqualTo(new NodeReport.BlockTemplateUpdated(Happenings.HASH, 840_001, 7));
    }

    @Test
    void anotherDifficultyIsNotedAndNoReasonToLook() {
        ApiAnswer answer = say(
                "MiningDifficultyChanged", "'old_difficulty':386248250,'new_difficulty':4294967295,'height':840672");
        assertThat(json(answer).get("looking").asBoolean()).isFalse();
        assertThat(onlyReport())
                .isEqualTo(new NodeReport.MiningDifficultyChanged(386_248_250L, 4_294_967_295L, 840_672));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "BlockFound              |                                   | type is none of BlockMined,",
                "ChainTipUpdated         |                                   | data.prev_hash is missing, and Chain",
                "ChainTipUpdated         | 'prev_hash':'12'                  | data.prev_hash is no hash of 64",
                "ChainTipUpdated         | 'prev_hash':'$','tx_count':1      | data.tx_count does not belong to Chain",
                "ChainTipUpdated         | 'prev_hash':'$','height':-1       | data.height is not from 0 to 4294967295",
                "BlockMined              | 'block_hash':'$'                  | data.height is missing",
                "BlockMined              | 'block_hash':'$','height':4294967296 | data.height is not from 0 to",
                "MiningDifficultyChanged | 'height':1,'new_difficulty':1     | data.old_difficulty is missing",
            })
    void whatMakesNoSenseIsRefusedAndToldToNobody(String type, String data, String detail) {
        ApiAnswer answer = say(type, data == null ? "" : data.replace("$", HASH));
        assertThat(problem(answer).status()).isEqualTo(422);
        assertThat(problem(answer).detail()).startsWith(detail);
        assertThat(reported).isEmpty();
    }

    @Test
    void aBodyOfAnotherShapeIsMalformed() {
        assertThat(problem(api.post(PATH, "{\"type\":\"BlockMined\"}")).status())
                .isEqualTo(400);
        assertThat(problem(say("BlockMined", "'hash':'x'")).detail()).isEqualTo("data.hash is unknown here");
        assertThat(problem(say("BlockMined", "'height':'1'")).status()).isEqualTo(400);
    }

    @Test
    void theNameOfAMinerIsNotLongerThanSoMuch() {
        String block = "'block_hash':'" + HASH + "','height':1,'miner_id':'";
        String longest = "m".repeat(NodeEventEndpoints.MAX_MINER_ID_LENGTH);
        assertThat(say("BlockMined", block + longest + "'").status()).isEqualTo(202);
        assertThat(say("BlockMined", block + longest + "m'").status()).isEqualTo(422);
    }
}
