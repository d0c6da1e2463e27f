/** Every accepted share, kept for a while for modules that hash it again and account for it themselves. */
package sluice.proxy.sink;
