package sluice.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import sluice.config.ConfigProblem.Line;
import sluice.config.ConfigProblem.WholeFile;
import sluice.config.ConfigResult.Invalid;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

/** Reads the operator's file from disk. */
public final class ConfigLoader {
    /** A file beyond this is not a configuration. */
    public static final int MAX_FILE_BYTES = 1 << 20;

    private static final ConfigParser.Secrets KEYS_ON_DISK = new ConfigParser.Secrets() {
        @Override
        public AuthoritySecretKey read(Path keyFile) throws IOException {
            return AuthorityKeyFile.read(keyFile);
        }

        @Override
        public boolean isOpenToOthers(Path anyFile) throws IOException {
            return AuthorityKeyFile.isOpenToOthers(anyFile);
        }

        @Override
        public boolean isReadable(Path anyFile) {
            return Files.isRegularFile(anyFile) && Files.isReadable(anyFile);
        }
    };

    private ConfigLoader() {}

    /** Reads {@code file} and the key file it names; opens nothing else and changes nothing. */
    public static ConfigResult load(Path file, Map<String, String> environment) {
        ByteBuffer raw;
        try (InputStream in = Files.newInputStream(file)) {
            raw = ByteBuffer.wrap(in.readNBytes(MAX_FILE_BYTES + 1));
        } catch (NoSuchFileException e) {
            return invalid(new WholeFile(), "does not exist", "name the file with --config");
        } catch (IOException e) {
            return invalid(new WholeFile(), "cannot be read (" + e + ")", "let this user read it");
        }
        if (raw.remaining() > MAX_FILE_BYTES) {
            return invalid(new WholeFile(), "is larger than 1 MiB", "name a configuration file");
        }
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        CharBuffer text = CharBuffer.allocate(raw.remaining());
        CoderResult decoded = utf8.decode(raw, text, true);
        text.flip();
        if (decoded.isError()) {
            return invalid(endOf(text), "is not UTF-8 here", "save the file as UTF-8");
        }
        return ConfigParser.parse(text.toString(), file.toAbsolutePath().normalize(), environment, KEYS_ON_DISK);
    }

    private static Line endOf(CharBuffer text) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < text.length(); i++) {
            boolean newLine = text.charAt(i) == '\n';
            line += newLine ? 1 : 0;
            column = newLine ? 1 : column + 1;
        }
        return new Line(line, column);
    }

    private static Invalid invalid(ConfigProblem.Origin origin, String wrong, String right) {
        return new Invalid(List.of(new ConfigProblem(origin, "", wrong, right)));
    }
}
