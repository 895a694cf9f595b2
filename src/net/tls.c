#include "net/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tw_tls_context {
    SSL_CTX *ssl;
    bool server;
};

struct tw_tls {
    SSL *ssl;
    BIO *in, *out; /* owned by ssl: bytes from the peer and for it */
};

/* OpenSSL's newest reason in words, and its queue emptied. */
static tw_status fail(const char *file, char *why, size_t why_size)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);
    if (access(file, R_OK) != 0) reason = strerror(errno);
    (void)snprintf(why, why_size, "%s: %s", file, reason != NULL ? reason : "not usable");
    ERR_clear_error();
    return TW_ERR_FILE;
}

static tw_status load(SSL_CTX *ssl, const struct tw_tls_files *files, bool server, char *why,
                      size_t why_size)
{
    if (files->certificate != NULL &&
        SSL_CTX_use_certificate_chain_file(ssl, files->certificate) != 1) {
        return fail(files->certificate, why, why_size);
    }
    if (files->key != NULL &&
        (SSL_CTX_use_PrivateKey_file(ssl, files->key, SSL_FILETYPE_PEM) != 1 ||
         SSL_CTX_check_private_key(ssl) != 1)) {
        return fail(files->key, why, why_size);
    }
    if (files->authorities != NULL &&
        SSL_CTX_load_verify_locations(ssl, files->authorities, NULL) != 1) {
        return fail(files->authorities, why, why_size);
    }
    if (files->authorities == NULL && !server) (void)SSL_CTX_set_default_verify_paths(ssl);
    if (server && files->authorities != NULL) {
        STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(files->authorities);
        if (names == NULL) return fail(files->authorities, why, why_size);
        SSL_CTX_set_client_CA_list(ssl, names); /* owns them now */
    }
    int mode = SSL_VERIFY_NONE;
    if (!server || files->authorities != NULL) mode = SSL_VERIFY_PEER;
    if (server && files->required) mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(ssl, mode, NULL);
    return TW_OK;
}

tw_status tw_tls_context_create(const struct tw_tls_files *files, bool server, char *why,
                                size_t why_size, struct tw_tls_context **out_context)
{
    struct tw_tls_context *context = calloc(1, sizeof *context);
    (void)snprintf(why, why_size, "%s", "");
    if (context == NULL) return TW_ERR_NOMEM;
    context->server = server;
    context->ssl = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    tw_status status = TW_ERR_NOMEM;
    if (context->ssl != NULL) {
        (void)SSL_CTX_set_min_proto_version(context->ssl, TLS1_2_VERSION);
        (void)SSL_CTX_set_options(context->ssl, SSL_OP_NO_RENEGOTIATION);
        /* Thousands of silent devices shall not hold buffers of 32 KB each. */
        (void)SSL_CTX_set_mode(context->ssl, SSL_MODE_RELEASE_BUFFERS |
                                                 SSL_MODE_ENABLE_PARTIAL_WRITE |
                                                 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        /* A session that is resumed would need an id context per listener; devices stay on. */
        (void)SSL_CTX_set_session_cache_mode(context->ssl, SSL_SESS_CACHE_OFF);
        (void)SSL_CTX_set_num_tickets(context->ssl, 0);
        status = load(context->ssl, files, server, why, why_size);
    }
    if (status != TW_OK) {
        tw_tls_context_destroy(context);
        return status;
    }
    *out_context = context;
    return TW_OK;
}

void tw_tls_context_destroy(struct tw_tls_context *context)
{
    if (context == NULL) return;
    SSL_CTX_free(context->ssl);
    free(context);
}

static bool begin(struct tw_tls *tls, const struct tw_tls_context *context, const char *host)
{
    tls->ssl = SSL_new(context->ssl);
    tls->in = BIO_new(BIO_s_mem());
    tls->out = BIO_new(BIO_s_mem());
    if (tls->ssl == NULL || tls->in == NULL || tls->out == NULL) {
        BIO_free(tls->in);
        BIO_free(tls->out);
        return false;
    }
    SSL_set_bio(tls->ssl, tls->in, tls->out);
    if (context->server) {
        SSL_set_accept_state(tls->ssl);
        return true;
    }
    SSL_set_connect_state(tls->ssl);
    if (host == NULL) return true;
    /* An address is looked for among the certificate's addresses, a name among its names. */
    X509_VERIFY_PARAM *verify = SSL_get0_param(tls->ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(verify, host) == 1) return true;
    if (SSL_set1_host(tls->ssl, host) != 1) return false;
    /* SSL_set_tlsext_host_name without its cast; the name is only read. */
    return SSL_ctrl(tls->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    (void *)(uintptr_t)host) == 1;
}

tw_status tw_tls_create(struct tw_tls_context *context, const char *host, struct tw_tls **out_tls)
{
    struct tw_tls *tls = calloc(1, sizeof *tls);
    if (tls == NULL) return TW_ERR_NOMEM;
    if (!begin(tls, context, host)) {
        tw_tls_destroy(tls);
        ERR_clear_error();
        return TW_ERR_NOMEM;
    }
    ERR_clear_error();
    *out_tls = tls;
    return TW_OK;
}

void tw_tls_destroy(struct tw_tls *tls)
{
    if (tls == NULL) return;
    SSL_free(tls->ssl);
    free(tls);
}

tw_status tw_tls_feed(struct tw_tls *tls, const void *bytes, size_t size)
{
    size_t taken = 0;
    if (size == 0) return TW_OK;
    return BIO_write_ex(tls->in, bytes, size, &taken) == 1 && taken == size ? TW_OK : TW_ERR_NOMEM;
}

/* What a call of OpenSSL that did not succeed means. */
static tw_status outcome(struct tw_tls *tls, int result)
{
    int why = SSL_get_error(tls->ssl, result);
    ERR_clear_error();
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? TW_OK : TW_ERR_NET;
}

tw_status tw_tls_read(struct tw_tls *tls, void *out, size_t size, size_t *out_size)
{
    size_t taken = 0;
    ERR_clear_error();
    int result = SSL_read_ex(tls->ssl, out, size, &taken);
    if (result != 1) {
        TW_TRY(outcome(tls, result));
        taken = 0;
    }
    *out_size = taken;
    return TW_OK;
}

tw_status tw_tls_write(struct tw_tls *tls, const void *bytes, size_t size, size_t *out_size)
{
    size_t taken = 0;
    ERR_clear_error();
    int result = SSL_write_ex(tls->ssl, bytes, size, &taken);
    if (result != 1) {
        TW_TRY(outcome(tls, result));
        taken = 0;
    }
    *out_size = taken;
    return TW_OK;
}

size_t tw_tls_take(struct tw_tls *tls, void *out, size_t size)
{
    size_t taken = 0;
    return BIO_read_ex(tls->out, out, size, &taken) == 1 ? taken : 0;
}

bool tw_tls_peer_sha256(struct tw_tls *tls, char out_hex[TW_SHA256_HEX_SIZE])
{
    X509 *certificate = SSL_get1_peer_certificate(tls->ssl);
    if (certificate == NULL) return false;
    bool trusted = SSL_get_verify_result(tls->ssl) == X509_V_OK;
    unsigned char *der = NULL;
    int size = i2d_X509(certificate, &der);
    if (size > 0) tw_sha256_hex(der, (size_t)size, out_hex);
    OPENSSL_free(der);
    X509_free(certificate);
    return trusted && size > 0;
}
