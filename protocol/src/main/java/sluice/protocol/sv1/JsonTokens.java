package sluice.protocol.sv1;

import java.util.Arrays;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.wire.ProtocolViolation;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * The tokens of one JSON line in a flat list. cgminer writes {@code params} before {@code method}, so a line cannot be
 * read in one pass; a list that is re-used from line to line costs less than a tree. Confined to one thread.
 */
final class JsonTokens {
    private static final int FIRST_CAPACITY = 32;

    private final JsonFactory factory;
    private final int maxTokens;
    private final int[] open;

    private byte[] line;
    private int lineOffset;
    private int lineLength;

    private JsonToken[] kinds = new JsonToken[FIRST_CAPACITY];
    private String[] texts = new String[FIRST_CAPACITY];
    // Index behind the value that starts at this token.
    private int[] ends = new int[FIRST_CAPACITY];
    private int size;

    JsonTokens(Sv1Limits limits) {
        this.maxTokens = limits.tokens();
        this.open = new int[limits.depth() + 1];
        this.factory = JsonFactory.builder()
                .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.depth())
                        .maxStringLength(limits.stringLength())
                        .maxNameLength(limits.nameLength())
                        .maxNumberLength(limits.numberLength())
                        .build())
                .build();
    }

    /** Reads a whole line, which must be one JSON object. Throws ProtocolViolation for anything else. */
    void read(byte[] source, int offset, int length) {
        clear();
        line = source;
        lineOffset = offset;
        lineLength = length;
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), source, offset, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ProtocolViolation(Sv1Violations.BAD_JSON, "the line is not a JSON object");
            }
            readObject(parser);
            if (parser.nextToken() != null) {
                throw new ProtocolViolation(Sv1Violations.BAD_JSON, "the line goes on behind its object");
            }
        } catch (JacksonException e) {
            throw new ProtocolViolation(Sv1Violations.BAD_JSON, e.getOriginalMessage());
        }
    }

    /** Lets go of the line, so that a decoder that waits for the next one holds no peer's strings. */
    void clear() {
        Arrays.fill(texts, 0, size, null);
        size = 0;
        line = null;
    }

    private void readObject(JsonParser parser) {
        int depth = 0;
        JsonToken kind = JsonToken.START_OBJECT;
        while (true) {
            int at = append(kind);
            switch (kind) {
                case START_OBJECT, START_ARRAY -> open[depth++] = at;
                case END_OBJECT, END_ARRAY -> ends[open[--depth]] = at + 1;
                case PROPERTY_NAME -> texts[at] = parser.currentName();
                case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> texts[at] = parser.getString();
                default -> {}
            }
            if (depth == 0) {
                return;
            }
            kind = parser.nextToken();
            if (kind == null) {
                throw new ProtocolViolation(Sv1Violations.BAD_JSON, "the line ends inside its object");
            }
        }
    }

    private int append(JsonToken kind) {
        if (size == kinds.length) {
            int capacity = 2 * size;
            kinds = Arrays.copyOf(kinds, capacity);
            texts = Arrays.copyOf(texts, capacity);
            ends = Arrays.copyOf(ends, capacity);
        }
        if (size == maxTokens) {
            throw new ProtocolViolation(Sv1Violations.TOO_MANY_TOKENS, "more than " + maxTokens + " JSON tokens");
        }
        kinds[size] = kind;
        ends[size] = size + 1;
        return size++;
    }

    JsonToken kind(int at) {
        return kinds[at];
    }

    /** The text of a name, string or number token; null for any other. */
    String text(int at) {
        return texts[at];
    }

    /** The index behind the value that starts at {@code at}. */
    int end(int at) {
        return ends[at];
    }

    /** The number of elements of the array that starts at {@code at}. */
    int elements(int at) {
        int count = 0;
        for (int i = at + 1; kinds[i] != JsonToken.END_ARRAY; i = ends[i]) {
            count++;
        }
        return count;
    }

    /** The value that starts at {@code at}, as the peer wrote it. Reads the line a second time: for rare values. */
    Bytes raw(int at) {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), line, lineOffset, lineLength)) {
            for (int i = 0; i <= at; i++) {
                parser.nextToken();
            }
            int start = (int) parser.currentTokenLocation().getByteOffset();
            if (parser.currentToken().isStructStart()) {
                parser.skipChildren();
            } else {
                parser.finishToken();
            }
            int end = (int) parser.currentLocation().getByteOffset();
            return Bytes.of(line, lineOffset + start, end - start);
        }
    }
}
