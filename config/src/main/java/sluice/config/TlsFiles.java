package sluice.config;

import java.nio.file.Path;

/**
 * What a TLS port shows and proves itself with, in PEM.
 *
 * @param certificate the certificate, and behind it those that vouch for it
 * @param key the private key, not encrypted
 */
public record TlsFiles(Path certificate, Path key) {}
