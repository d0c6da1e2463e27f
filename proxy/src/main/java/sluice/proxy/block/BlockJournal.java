package sluice.proxy.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.bitcoin.Hash256;

/**
 * Found blocks on disk. Each is a file of its own, {@code <hash>.json}, that is forced to the disk, and its directory with
 * it, before {@link #write} returns: what is worth a block must survive a crash, a full socket and a pool that says no. What
 * paths said to it stands beside it in {@code <hash>.deliveries}, a line for each. Blocks its thread; call it away from event
 * loops.
 */
public final class BlockJournal {
    /** Of an entry that is read again; the largest block in hex has half of that. */
    public static final long MAX_ENTRY_BYTES = 16 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(BlockJournal.class);
    private static final String ENTRY = ".json";
    private static final String PARTIAL = ".json.part";
    private static final String DELIVERIES = ".deliveries";
    private static final String UNREADABLE = ".unreadable";

    private final Path directory;

    /** @param directory is made when the first block is found */
    public BlockJournal(Path directory) {
        this.directory = directory;
    }

    /** Writes {@code entry} and answers its file. */
    public Path write(BlockEntry entry) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(entry.hash().display() + ENTRY);
        // Whole or not at all: a crash leaves a .part file, never half a block under the block's name.
        Path partial = directory.resolve(entry.hash().display() + PARTIAL);
        try (FileChannel out = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(BlockText.of(entry).getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceDirectory();
        return file;
    }

    /** Notes what a path said to the block. Not forced to the disk: what a crash takes of it costs one more offer. */
    public void record(Hash256 hash, Delivery delivery) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(
                directory.resolve(hash.display() + DELIVERIES),
                BlockText.of(delivery),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    // A file whose name was not forced to the disk is gone after a power cut, whatever was in it.
    private void forceDirectory() throws IOException {
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /**
     * Blocks found at {@code since} or later that no path has taken, the latest first; no more than {@code most}. A file that
     * is no entry is set aside with a line in the log and holds up nobody.
     */
    public List<BlockEntry> unfinished(Instant since, int most) {
        List<BlockEntry> found = new ArrayList<>();
        int tooOld = 0;
        for (Path file : entryFiles()) {
            try {
                if (isTaken(file)) {
                    continue;
                }
                if (Files.getLastModifiedTime(file).toInstant().isBefore(since)) {
                    tooOld++;
                    continue;
                }
                BlockEntry entry = read(file);
                if (entry.foundAt().isBefore(since)) {
                    tooOld++;
                } else {
                    found.add(entry);
                }
            } catch (IllegalArgumentException damaged) {
                setAside(file, damaged.getMessage());
            } catch (IOException unreadable) {
                LOG.error("the entry of a found block cannot be read: {}", file, unreadable);
            }
        }
        found.sort(Comparator.comparing(BlockEntry::foundAt).reversed());
        if (tooOld > 0) {
            LOG.warn("{} blocks in {} were taken by nobody and are too old to be offered again", tooOld, directory);
        }
        if (found.size() > most) {
            LOG.error(
                    "{} blocks in {} were taken by nobody; only the latest {} are offered again",
                    found.size(),
                    directory,
                    most);
            return List.copyOf(found.subList(0, most));
        }
        return found;
    }

    private List<Path> entryFiles() {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(directory, "*{" + ENTRY + "," + PARTIAL + "}")) {
            names.forEach(files::add);
        } catch (NoSuchFileException noBlockYet) {
            return List.of();
        } catch (IOException | DirectoryIteratorException unreadable) {
            LOG.error("found blocks cannot be listed: {}", directory, unreadable);
        }
        return files;
    }

    /** One that a crash kept from its name is taken all the same if it is whole: it was sent to nobody. */
    private BlockEntry read(Path file) throws IOException {
        if (Files.size(file) > MAX_ENTRY_BYTES) {
            throw new IllegalArgumentException("it has more than " + MAX_ENTRY_BYTES + " bytes");
        }
        BlockEntry entry = BlockText.entry(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        if (!name(file).equals(entry.hash().display())) {
            throw new IllegalArgumentException(
                    "it holds the block " + entry.hash().display());
        }
        if (file.toString().endsWith(PARTIAL)) {
            write(entry);
        }
        return entry;
    }

    private boolean isTaken(Path file) throws IOException {
        Path deliveries = directory.resolve(name(file) + DELIVERIES);
        try {
            return Files.readString(deliveries, StandardCharsets.UTF_8)
                    .lines()
                    .anyMatch(line -> delivery(line).filter(Delivery::isTaken).isPresent());
        } catch (NoSuchFileException offeredToNobody) {
            return false;
        }
    }

    /** A line that a crash has cut says nothing, and the block is offered once more. */
    private static Optional<Delivery> delivery(String line) {
        try {
            return Optional.of(BlockText.delivery(line));
        } catch (IllegalArgumentException cut) {
            return Optional.empty();
        }
    }

    private static String name(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.indexOf('.'));
    }

    private void setAside(Path file, String why) {
        Path aside = file.resolveSibling(file.getFileName() + UNREADABLE);
        try {
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            LOG.error("{} is no entry of a found block, set aside as {}: {}", file, aside.getFileName(), why);
        } catch (IOException stuck) {
            LOG.error("{} is no entry of a found block: {}", file, why, stuck);
        }
    }
}
