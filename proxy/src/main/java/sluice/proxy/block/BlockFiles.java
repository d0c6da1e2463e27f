package sluice.proxy.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.route.FoundBlock;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes each found block to a file of its own, {@code <hash>.json}, and forces it to the disk before it returns: what is
 * worth a block must survive a crash, a full socket and a pool that says no.
 */
public final class BlockFiles {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final Path directory;

    /** @param directory is made when the first block is found */
    public BlockFiles(Path directory) {
        this.directory = directory;
    }

    /** Writes {@code block} and returns the file. Blocks; call it away from event loops. */
    public Path write(FoundBlock block) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("found_at", block.at().toString());
        fields.put("hash", block.hash().display());
        fields.put("header", HexFormat.of().formatHex(block.header().toArray()));
        fields.put("coinbase", block.coinbase().hex());
        fields.put("merkle_path", block.merklePath().stream().map(Hash256::hex).toList());
        fields.put("user_identity", block.userIdentity());
        fields.put("upstream", block.upstream());
        Files.createDirectories(directory);
        Path file = directory.resolve(block.hash().display() + ".json");
        Path partial = directory.resolve(block.hash().display() + ".json.part");
        byte[] text = (JSON.writeValueAsString(fields) + "\n").getBytes(StandardCharsets.UTF_8);
        try (FileChannel out = FileChannel.open(
                partial,
                List.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                        .toArray(StandardOpenOption[]::new))) {
            ByteBuffer bytes = ByteBuffer.wrap(text);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return file;
    }
}
