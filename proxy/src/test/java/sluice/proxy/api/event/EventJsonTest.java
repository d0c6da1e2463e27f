package sluice.proxy.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import sluice.config.EventType;
import sluice.proxy.event.GatewayEvent;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EventJsonTest {
    private static final List<PublishedEvent> EVENTS = Happenings.published(Happenings.all());

    private static String resource(String name) throws IOException {
        try (InputStream in = EventJsonTest.class.getResourceAsStream("/events/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static JsonNode data(GatewayEvent event) {
        return JsonMapper.shared()
                .readTree(EventJson.write(Happenings.published(List.of(event)).getFirst()))
                .get("data");
    }

    @Test
    void eachKindOfEventIsWrittenAsOtherProgramsKnowIt() throws IOException {
        assertThat(EVENTS.stream().map(PublishedEvent::type).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(EventType.values());
        assertThat(EVENTS.stream().map(EventJson::write).map(bytes -> new String(bytes, StandardCharsets.UTF_8)))
                .containsExactlyElementsOf(resource("written.jsonl").lines().toList());
    }

    /** What nobody knows is left out: the protocol of a miner that has not spoken, the height of a tip. */
    @Test
    void theEventsThatANodeHasToHaveItsNamesAndItsFields() throws IOException {
        Map<String, Set<String>> ours = new TreeMap<>();
        for (PublishedEvent event : EVENTS) {
            JsonNode data = JsonMapper.shared().readTree(EventJson.write(event)).get("data");
            ours.computeIfAbsent(event.type().text(), first -> new TreeSet<>()).addAll(data.propertyNames());
        }
        List<String> rows = resource("blvm-node.txt")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
        assertThat(rows).hasSize(8);
        for (String row : rows) {
            String[] nameAndFields = row.split(": ");
            assertThat(ours.get(nameAndFields[0])).as(row).contains(nameAndFields[1].split(" "));
        }
    }

    @Test
    void whatAPoolSaysIsCutAtACharacter() {
        String endless = "x".repeat(EventFields.MAX_TEXT_LENGTH - 1);
        assertThat(data(new GatewayEvent.PortsClosed(Happenings.AT, endless + "y"))
                        .get("reason")
                        .asString())
                .isEqualTo(endless + "y");
        assertThat(data(new GatewayEvent.PortsClosed(Happenings.AT, endless + "yz"))
                        .get("reason")
                        .asString())
                .isEqualTo(endless + "y");
        assertThat(data(new GatewayEvent.PortsClosed(Happenings.AT, endless + "\uD83D\uDE00"))
                        .get("reason")
                        .asString())
                .isEqualTo(endless);
    }

    @Test
    void aMinersWordsStayOneLineOfJson() {
        String written = new String(
                EventJson.write(Happenings.published(List.of(Happenings.share("a\n\ndata: b\"\u2028")))
                        .getFirst()),
                StandardCharsets.UTF_8);
        assertThat(written).doesNotContain("\n", "\r").contains("a\\n\\ndata: b\\\"");
    }
}
