/** The conversation with a template provider (SV2 7), pure. */
package sluice.upstream.provider;
