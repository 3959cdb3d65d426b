/* What the end of a call means: good, worth another try, worth a smaller question, or final; and
 * the words for a person. Pure judgement, without state. */
#ifndef TB_MAGENTO_OUTCOME_H
#define TB_MAGENTO_OUTCOME_H

#include "base/err.h"
#include "magento/soap_parse.h"
#include "net/http.h"

enum tb_asked { TB_ASKED_WSDL, TB_ASKED_LOGIN, TB_ASKED_CALL };

struct tb_outcome {
    bool is_good;
    bool may_retry;       /* it can pass by itself */
    bool may_halve;       /* a smaller question may pass */
    bool is_session_lost; /* log in again and repeat */
    bool is_unreachable;  /* no other question will fare better: address, log-in, certificate */
};

/* operation: for the words. right: what to tick in the API role, NULL when unknown. err is set
 * unless the outcome is good. */
void tb_outcome_judge(enum tb_asked asked, const char *operation, const char *right,
                      const struct tb_http_result *http, const struct tb_answer *answer,
                      struct tb_outcome *out, struct tb_err *err);

/* The words for an answer that is larger than what is set, or built as no store's: TB_E_LIMIT.
 * problem: what of it is. */
void tb_outcome_too_large(const char *operation, const char *problem, struct tb_err *err);

#endif
