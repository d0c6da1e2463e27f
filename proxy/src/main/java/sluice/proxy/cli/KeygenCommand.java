package sluice.proxy.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sluice.config.AuthorityKeyFile;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;

/** Makes an authority key pair (SV2 4.7). */
@Command(
        name = "keygen",
        description = {
            "Makes an authority key pair: miners check the public key, the gateway keeps the secret one.",
            "What it prints belongs below [stratum_v2] in the gateway's configuration."
        })
final class KeygenCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--write",
            paramLabel = "FILE",
            description =
                    "write the secret key to FILE, mode 0600, instead of printing it; never over an existing file")
    private Path file;

    @Override
    public Integer call() throws CommandFailure {
        AuthoritySecretKey secret = AuthorityKeys.fresh();
        if (file != null) {
            write(secret);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "# authority key, public: " + secret.publicKey(Secp256k1.best()).text());
        out.println(
                file == null
                        ? "authority_secret_key = \"" + secret.text() + "\""
                        : "authority_secret_key_file = \""
                                + escaped(file.toAbsolutePath().normalize()) + "\"");
        return ExitCode.OK;
    }

    private static String escaped(Path path) {
        return path.toString().replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private void write(AuthoritySecretKey secret) throws CommandFailure {
        try {
            AuthorityKeyFile.create(file, secret);
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailure(ExitCode.FAILED, file + " exists; name a file that does not");
        } catch (NoSuchFileException e) {
            throw new CommandFailure(ExitCode.FAILED, "the directory of " + file + " does not exist");
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, "cannot write " + file + ": " + e);
        }
    }
}
