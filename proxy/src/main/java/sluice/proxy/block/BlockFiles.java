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
import java.util.Map;
import sluice.protocol.Bytes;
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
        return writeFile(
                block.hash().display() + ".json",
                (JSON.writeValueAsString(fields) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a whole serialised block as hex, the form that a node's {@code submitblock} takes, to {@code <hash>.hex}. */
    public Path writeRaw(Hash256 hash, Bytes block) throws IOException {
        return writeFile(hash.display() + ".hex", (block.hex() + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    // Whole or not at all: a crash leaves a .part file, never half a block under the block's name.
    private Path writeFile(String name, byte[] text) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(name);
        Path partial = directory.resolve(name + ".part");
        try (FileChannel out = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
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
