// OpenSSL's libcrypto: time stamps of RFC 3161 (Debian: libssl-dev). No function keeps what it is given;
// any thread may call them. Swift could call libcrypto itself, but each of its objects would have to be
// freed on every way out: here one function makes a request, one reads a reply, one verifies it.
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <time.h>

// The DER of a request to stamp a SHA-256, which asks for the certificates too.
// Gives its length, or 0; *der belongs to the caller, who frees it with stamp_free.
static inline int stamp_request(
    const unsigned char *hash, const unsigned char *nonce, int nonce_length, unsigned char **der) {
    int length = 0;
    TS_REQ *request = TS_REQ_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    BIGNUM *number = BN_bin2bn(nonce, nonce_length, NULL);
    ASN1_INTEGER *integer = number ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
    *der = NULL;
    if (request && imprint && algorithm && integer &&
        X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) &&
        TS_MSG_IMPRINT_set_algo(imprint, algorithm) &&
        TS_MSG_IMPRINT_set_msg(imprint, (unsigned char *)hash, 32) &&
        TS_REQ_set_version(request, 1) && TS_REQ_set_msg_imprint(request, imprint) &&
        TS_REQ_set_nonce(request, integer) && TS_REQ_set_cert_req(request, 1)) {
        length = i2d_TS_REQ(request, der);
    }
    ASN1_INTEGER_free(integer);
    BN_free(number);
    X509_ALGOR_free(algorithm);
    TS_MSG_IMPRINT_free(imprint);
    TS_REQ_free(request);
    return length > 0 ? length : 0;
}

static inline void stamp_free(unsigned char *der) { OPENSSL_free(der); }

// The last thing that libcrypto complained of, in its words.
static inline void stamp_reason(char *reason, size_t size) {
    const char *data = NULL;
    int flags = 0;
    unsigned long code = ERR_peek_last_error_all(NULL, NULL, NULL, &data, &flags);
    const char *words = code ? ERR_reason_error_string(code) : NULL;
    snprintf(reason, size, "%s%s%s", words ? words : "", data && *data ? ", " : "",
             data && (flags & ERR_TXT_STRING) ? data : "");
    ERR_clear_error();
}

// What a reply states, believed of nobody yet: the SHA-256 that was stamped, the nonce (40 bytes at
// most), and when, in seconds since 1970.
// Gives 0; 1: no reply, or more than one; 2: the service refused; 3: of another kind of hash, or time.
static inline int stamp_read(
    const unsigned char *der, long length, unsigned char *hash, unsigned char *nonce,
    int *nonce_length, long long *seconds, char *reason, size_t size) {
    const unsigned char *end = der;
    TS_RESP *reply = d2i_TS_RESP(NULL, &end, length);
    int result = 1;
    if (reply && end == der + length) {
        TS_TST_INFO *info = TS_RESP_get_tst_info(reply);
        result = 2;
        const ASN1_INTEGER *status = TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(reply));
        long granted = ASN1_INTEGER_get(status);
        if (info && (granted == TS_STATUS_GRANTED || granted == TS_STATUS_GRANTED_WITH_MODS)) {
            TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
            const ASN1_OBJECT *kind = NULL;
            X509_ALGOR_get0(&kind, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
            ASN1_OCTET_STRING *message = TS_MSG_IMPRINT_get_msg(imprint);
            struct tm time;
            result = 3;
            if (OBJ_obj2nid(kind) == NID_sha256 && ASN1_STRING_length(message) == 32 &&
                ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &time)) {
                memcpy(hash, ASN1_STRING_get0_data(message), 32);
                *seconds = (long long)timegm(&time);
                const ASN1_INTEGER *integer = TS_TST_INFO_get_nonce(info);
                BIGNUM *number = integer ? ASN1_INTEGER_to_BN(integer, NULL) : NULL;
                *nonce_length = 0;
                if (number && BN_num_bytes(number) <= 40) *nonce_length = BN_bn2bin(number, nonce);
                BN_free(number);
                result = 0;
            }
        }
    }
    TS_RESP_free(reply);
    stamp_reason(reason, size);
    return result;
}

// Whether the reply stamps the hash and is signed by a service whose certificate leads to one of the
// file of certificates, as these held when it was stamped: in ten years they will have run out.
// Gives 1 or 0, with the reason.
static inline int stamp_verify(
    const unsigned char *der, long length, const unsigned char *hash, long long seconds,
    const char *authorities, char *reason, size_t size) {
    const unsigned char *end = der;
    int result = 0;
    TS_RESP *reply = d2i_TS_RESP(NULL, &end, length);
    TS_VERIFY_CTX *context = TS_VERIFY_CTX_new();
    X509_STORE *store = X509_STORE_new();
    unsigned char *copy = (unsigned char *)OPENSSL_memdup(hash, 32);
    if (reply && context && store && copy && X509_STORE_load_file(store, authorities)) {
        X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)seconds);
        TS_VERIFY_CTX_set_flags(context, TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_IMPRINT);
        // From here on both belong to the context.
        TS_VERIFY_CTX_set_imprint(context, copy, 32);
        TS_VERIFY_CTX_set_store(context, store);
        copy = NULL;
        store = NULL;
        result = TS_RESP_verify_response(context, reply) == 1;
    }
    stamp_reason(reason, size);
    OPENSSL_free(copy);
    X509_STORE_free(store);
    TS_VERIFY_CTX_free(context);
    TS_RESP_free(reply);
    return result;
}
