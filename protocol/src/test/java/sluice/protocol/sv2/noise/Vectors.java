package sluice.protocol.sv2.noise;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the vector files beside these tests. */
final class Vectors {
    static final byte[] ZERO_32 = new byte[32];
    static final List<String> RECORDED_SESSIONS = List.of(
            "constraints_before_setup_submit10",
            "constraints_before_setup_v1-jun2026",
            "constraints_old_4byte_submit10",
            "constraints_old_4byte_v1-jun2026",
            "constraints_too_large_submit10",
            "constraints_too_large_v1-jun2026",
            "setup_wrong_protocol_submit10",
            "setup_wrong_protocol_v1-jun2026",
            "setup_wrong_version_submit10",
            "setup_wrong_version_v1-jun2026",
            "tdp_session_1000tx_multichunk_and_bad_solutions",
            "tdp_session_submit10",
            "tdp_session_v1-jun2026",
            "unknown_message_submit10",
            "unknown_message_v1-jun2026");

    private Vectors() {}

    /** Every engine this machine can run; {@link Secp256k1ChoiceTest} says where both must. */
    static Stream<Secp256k1> engines() {
        return Stream.of(new BouncyCastleSecp256k1(ZERO_32), Secp256k1.best()).distinct();
    }

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** The rows of a CSV file without quoted commas, each as column name to value. */
    static List<Map<String, String>> csv(String file) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8))) {
            String[] names = reader.readLine().split(",", -1);
            List<Map<String, String>> rows = new ArrayList<>();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] values = line.split(",", -1);
                Map<String, String> row = new HashMap<>();
                for (int i = 0; i < names.length; i++) {
                    row.put(names[i], values[i]);
                }
                rows.add(row);
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(String file) {
        try (InputStream in = open(file)) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String file) {
        return Objects.requireNonNull(Vectors.class.getResourceAsStream(file), file);
    }
}
